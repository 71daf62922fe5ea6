import type { Evidence, Severity, Subject } from '../model/insight.ts';
import type { SchemaObject } from '../model/schema.ts';
import { type Facts, keyOf } from './facts.ts';
import type { StatementFacts } from './facts-source.ts';
import { evidence, type Finding } from './rule.ts';

interface Circumstances {
  /** Another statement that has brought it about, such as the one that dropped what the object lacks. */
  readonly cause?: StatementFacts | null;
  /** What tells it from other findings of the rule about the same object. */
  readonly aspect?: string;
}

/**
 * A finding about an object of the schema. It stands where the change last touched the object, and nowhere if that
 * is as it was.
 */
export function onObject(
  facts: Facts,
  object: SchemaObject,
  severity: Severity,
  figures: Evidence['facts'],
  { cause: other = null, aspect }: Circumstances = {},
): Finding {
  const cause = other ?? facts.lastChangeOf(object.key);
  return {
    severity,
    confidence: 'observed',
    subject: subjectOf(object),
    location:
      cause === null
        ? null
        : { file: cause.file, line: cause.statement.line, endLine: cause.statement.endLine },
    evidence: evidence({ facts: figures, sql: cause?.statement.sql ?? null }),
    identity: [...formerNames(facts, object), ...(aspect === undefined ? [] : [aspect])],
  };
}

type IsMeant = (object: SchemaObject) => boolean;

/** The last statement of the change that dropped such an object. */
export function lastDrop(facts: Facts, isMeant: IsMeant): StatementFacts | null {
  return lastThat(facts, 'dropped', isMeant);
}

/** The last statement of the change that created such an object. */
export function lastCreation(facts: Facts, isMeant: IsMeant): StatementFacts | null {
  return lastThat(facts, 'created', isMeant);
}

function lastThat(facts: Facts, kind: 'created' | 'dropped', isMeant: IsMeant): StatementFacts | null {
  const does = ({ statement }: StatementFacts) =>
    statement.differences.some((each) => each.kind === kind && isMeant(each.object));
  return facts.statements.findLast(does) ?? null;
}

/** Whether the change has made the object. */
export function isCreated(facts: Facts, { key }: SchemaObject): boolean {
  return (facts.change?.differences ?? []).some((each) => each.kind === 'created' && keyOf(each) === key);
}

function subjectOf(object: SchemaObject): Subject {
  if (object.kind === 'index') return { kind: 'index', name: object.name };
  if ('table' in object) return { kind: 'table', name: object.table };
  const isTable = object.kind.endsWith('table');
  return isTable ? { kind: 'table', name: object.name } : { kind: 'object', name: object.name };
}

/** What an object and its table were called at base: with another name they have the same flaws as before. */
function formerNames(facts: Facts, object: SchemaObject): readonly string[] {
  const altered = (facts.change?.differences ?? []).filter((each) => each.kind === 'altered');
  const former = altered.find(({ after }) => after.key === object.key)?.before ?? object;
  if (!('table' in object)) return [object.kind, former.name];
  const table = altered.find(({ after }) => after.name === object.table && !('table' in after))?.before.name;
  return [object.kind, table ?? object.table, former.name];
}
