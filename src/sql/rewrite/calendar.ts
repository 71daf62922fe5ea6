import { constantText } from '../comparisons.ts';
import type { Node } from '../grammar.ts';
import { type Source, tableColumn } from './sources.ts';
import { and, call, cast, compare, functionName, integer, operatorOf, text, typeName } from './tree.ts';

/** Bounds of the values of a column; the upper one is not within. */
interface Bounds {
  readonly from: Node;
  readonly to: Node;
  /** What has to hold besides, or the range is empty. */
  readonly given?: Node;
}

/**
 * A comparison of the day, month or year of a time, as a range of times. The bounds are dates, which PostgreSQL
 * compares with a `timestamptz` in the session's time zone, as it does when it takes the date of one.
 */
export function ofCalendar(
  wrapped: Node,
  operator: string,
  value: Node,
  sources: readonly Source[],
): Node | null {
  const period = periodOf(wrapped);
  const found = period === null ? null : tableColumn(period.time, sources);
  if (period === null || found === null) return null;
  const type = found.column.typeName;
  if (type !== 'timestamptz' && type !== 'timestamp' && (type !== 'date' || period.unit === 'date'))
    return null;
  const bounds = boundsOf(period.unit, value, operator, type);
  if (bounds === null) return null;
  const { time } = period;
  switch (operator) {
    case '=':
      return (
        and([
          compare(time, '>=', bounds.from),
          compare(time, '<', bounds.to),
          ...(bounds.given === undefined ? [] : [bounds.given]),
        ]) ?? null
      );
    case '>=':
      return compare(time, '>=', bounds.from);
    case '<':
      return compare(time, '<', bounds.from);
    case '>':
      return compare(time, '>=', bounds.to);
    case '<=':
      return compare(time, '<', bounds.to);
    default:
      return null;
  }
}

type Unit = 'date' | 'year' | 'extracted year' | 'quarter' | 'month' | 'week' | 'day' | 'hour' | 'minute';

interface Period {
  readonly time: Node;
  readonly unit: Unit;
}

const truncated: ReadonlySet<string> = new Set(['year', 'quarter', 'month', 'week', 'day', 'hour', 'minute']);

/** `date(t)` and `t::date`, `date_trunc('month', t)`, `extract(year from t)`. */
function periodOf(node: Node): Period | null {
  if ('TypeCast' in node) {
    const { arg, typeName: type } = node.TypeCast;
    return arg !== undefined && typeName(type) === 'date' ? { time: arg, unit: 'date' } : null;
  }
  if (!('FuncCall' in node)) return null;
  const [first, second, ...more] = node.FuncCall.args ?? [];
  const name = functionName(node);
  if (first === undefined || more.length > 0) return null;
  if (name === 'date') return second === undefined ? { time: first, unit: 'date' } : null;
  if (second === undefined) return null;
  const unit = (constantText(first) ?? '').toLowerCase();
  if (name === 'date_trunc' && isUnit(unit)) return { time: second, unit };
  const isYear = (name === 'extract' || name === 'date_part') && unit === 'year';
  return isYear ? { time: second, unit: 'extracted year' } : null;
}

function isUnit(unit: string): unit is Exclude<Unit, 'date' | 'extracted year'> {
  return truncated.has(unit);
}

function boundsOf(unit: Unit, value: Node, operator: string, type: string): Bounds | null {
  if (unit === 'date') return isDate(value) ? daysOf(value) : null;
  if (unit === 'extracted year') return yearsOf(value);
  return periodsOf(unit, value, operator, type);
}

/** Whether a value is a date, so that a comparison with a date is one of dates. */
function isDate(value: Node): boolean {
  if ('ParamRef' in value || 'SQLValueFunction' in value) {
    return 'ParamRef' in value || value.SQLValueFunction.op === 'SVFOP_CURRENT_DATE';
  }
  if ('A_Const' in value) return value.A_Const.sval !== undefined;
  if ('TypeCast' in value) return typeName(value.TypeCast.typeName) === 'date';
  const operator = operatorOf(value);
  if (!('A_Expr' in value) || (operator !== '+' && operator !== '-')) return false;
  const { lexpr, rexpr } = value.A_Expr;
  const days = rexpr !== undefined && 'A_Const' in rexpr && rexpr.A_Const.ival !== undefined;
  return (
    lexpr !== undefined &&
    days &&
    'A_Const' in lexpr === false &&
    'ParamRef' in lexpr === false &&
    isDate(lexpr)
  );
}

function daysOf(value: Node): Bounds {
  const isUntyped = 'A_Const' in value || 'ParamRef' in value;
  const day = isUntyped ? cast(value, 'date') : value;
  return { from: day, to: compare(day, '+', integer(1)) };
}

function yearsOf(value: Node): Bounds | null {
  const year = Number(constantText(value) ?? Number.NaN);
  if (!Number.isInteger(year) || year < 1 || year > 9_998) return null;
  const first = (of: number) => cast(text(`${String(of).padStart(4, '0')}-01-01`), 'date');
  return { from: first(year), to: first(year + 1) };
}

const beginnings: Readonly<Record<string, RegExp>> = {
  year: /^\d{4}-01-01$/,
  quarter: /^\d{4}-(01|04|07|10)-01$/,
  month: /^\d{4}-\d{2}-01$/,
  day: /^\d{4}-\d{2}-\d{2}$/,
};

const intervals: Readonly<Record<string, string>> = { quarter: '3 months' };

/** A value that is no beginning of a period equals none: one that is not seen to be a beginning is asked to be. */
function periodsOf(unit: Unit, value: Node, operator: string, type: string): Bounds | null {
  const of = type === 'timestamp' ? 'timestamp' : 'timestamptz';
  const step = cast(text(intervals[unit] ?? `1 ${unit}`), 'interval');
  if ('ParamRef' in value) {
    const from = cast(value, of);
    const given = compare(call('date_trunc', text(unit), from), '=', from);
    return operator === '=' ? { from, to: compare(from, '+', step), given } : null;
  }
  const literal = 'TypeCast' in value && value.TypeCast.arg !== undefined ? value.TypeCast.arg : value;
  if (!(beginnings[unit]?.test(constantText(literal) ?? '') ?? false)) return null;
  if (!('A_Const' in value) && operator !== '=') return null;
  const from = 'A_Const' in value ? cast(value, of) : value;
  return { from, to: compare(from, '+', step) };
}
