import {
  type ColumnObject,
  type ConstraintObject,
  type IndexObject,
  plainName,
  type SchemaDifference,
  type SchemaObject,
  type TableObject,
} from '../../model/schema.ts';
import type { PlanComparison } from './comparison.ts';

/** A statement, as far as its cause is asked for: what it left otherwise in the catalogues. */
interface Changing {
  readonly statement: { readonly differences: readonly SchemaDifference[] };
}

/** What brought a plan change about: a statement, and of what it did the part that matters. */
export interface Cause<S> {
  readonly by: S;
  readonly difference: SchemaDifference;
}

/** Relevance from which on something is named: below are things that merely touch the same table. */
const leastRelevance = 30;

/**
 * Finds the statement of the change that made a query's plan another one: whose difference touches most closely what
 * the plans use. The planner does not say why it chose a plan, so this ranks what it can depend on. Null where
 * nothing that the change did can matter to the query.
 *
 * @param sql text of the query, for views and functions that a plan no longer shows
 * @param statements in the order in which they ran; of equals, the last one left things as they are
 */
export function causeOf<S extends Changing>(
  comparison: PlanComparison,
  sql: string,
  statements: readonly S[],
): Cause<S> | null {
  const relevance = new Relevance(comparison, sql);
  const candidates = statements.flatMap((by) =>
    by.statement.differences.map((difference) => ({ by, difference, score: relevance.of(difference) })),
  );
  const [best] = candidates.toReversed().toSorted((a, b) => b.score - a.score);
  return best === undefined || best.score < leastRelevance
    ? null
    : { by: best.by, difference: best.difference };
}

/** How much a difference matters to a plan change; 100 is certain, 0 cannot be. */
class Relevance {
  readonly #comparison: PlanComparison;
  readonly #kinds: ReadonlySet<string>;
  readonly #sql: string;

  constructor(comparison: PlanComparison, sql: string) {
    this.#comparison = comparison;
    this.#kinds = new Set(comparison.changes.map(({ kind }) => kind));
    this.#sql = sql;
  }

  of(difference: SchemaDifference): number {
    const object = difference.kind === 'altered' ? difference.after : difference.object;
    switch (object.kind) {
      case 'index':
        return this.#ofIndex(object, difference);
      case 'constraint':
        return this.#ofConstraint(object);
      case 'column':
        return this.#ofColumn(object, difference);
      case 'table':
      case 'partitioned table':
      case 'foreign table':
        return this.#ofTable(object, difference);
      case 'policy':
        return this.#isRead(object.table) ? this.#when(['filter'], 85, 45) : 0;
      case 'view':
      case 'materialised view':
        return this.#isNamed(object) ? (difference.kind === 'dropped' ? 45 : 78) : 0;
      case 'function':
      case 'aggregate':
        return this.#isNamed(object) ? 76 : 0;
      case 'statistics':
        return this.#ofStatistics(object.definition);
      case 'rule':
        return this.#isRead(object.table) ? 50 : 0;
      case 'procedure':
      case 'sequence':
      case 'trigger':
      case 'enum':
      case 'domain':
      case 'type':
      case 'extension':
      case 'publication':
      case 'schema':
      case 'collation':
      case 'default privileges':
      case 'event trigger':
        return 0;
      default:
        return object satisfies never;
    }
  }

  #ofIndex(index: IndexObject, difference: SchemaDifference): number {
    const { lost, gained, growth } = this.#comparison;
    switch (difference.kind) {
      case 'dropped':
        if (lost.has(index.name)) return 100;
        // A unique index proves that there is one match at most, whether or not it is read.
        return index.unique && this.#isRead(index.table)
          ? this.#when(['uniqueness', 'relation', 'aggregate'], 85, 0)
          : 0;
      case 'created':
        // The planner takes an index because it expects it to be cheaper.
        if (gained.has(index.name)) return growth > 0 ? 90 : 110;
        return index.unique && this.#isRead(index.table) ? this.#when(['uniqueness', 'relation'], 60, 0) : 0;
      case 'altered': {
        const isOther =
          difference.before.kind === 'index' &&
          (difference.before.definition !== index.definition || difference.before.valid !== index.valid);
        return isOther && (lost.has(difference.before.name) || gained.has(index.name)) ? 80 : 0;
      }
      default:
        return difference satisfies never;
    }
  }

  #ofConstraint({ type, table }: ConstraintObject): number {
    if (!this.#isRead(table)) return 0;
    switch (type) {
      case 'check':
        return this.#when(['partitions', 'relation'], 58, 0);
      case 'foreign key':
        return this.#when(['rows', 'join method', 'join order', 'cost'], 50, 0);
      case 'not null':
        return this.#when(['filter', 'join method', 'aggregate'], 40, 0);
      case 'primary key':
      case 'unique':
        return this.#when(['uniqueness', 'relation', 'aggregate'], 84, 0);
      case 'exclusion':
        return 0;
      default:
        return type satisfies never;
    }
  }

  #ofColumn(column: ColumnObject, difference: SchemaDifference): number {
    const { table, name } = column;
    if (!this.#isRead(table)) return 0;
    const isFocus = this.#isFocus(table);
    const isCompared = mentions(this.#comparison.conditions, name);
    if (difference.kind === 'created') return isFocus ? 42 : 30;
    if (difference.kind === 'dropped') return isFocus ? 32 : 0;
    const { before } = difference;
    if (before.kind !== 'column') return 0;
    if (before.type !== column.type || before.collation !== column.collation) {
      return isCompared ? (isFocus ? 88 : 75) : isFocus ? 46 : 34;
    }
    if (before.notNull !== column.notNull) return isCompared ? 52 : 0;
    const isDescribedOtherwise =
      before.statisticsTarget !== column.statisticsTarget ||
      before.options.join() !== column.options.join() ||
      before.generated !== column.generated;
    return isDescribedOtherwise && isCompared ? 60 : 0;
  }

  #ofTable(table: TableObject, difference: SchemaDifference): number {
    const { parents, name } = table;
    const isPartOfRead = parents.some((parent) => this.#isRead(parent));
    if (difference.kind !== 'altered') {
      if (isPartOfRead) return this.#when(['partitions', 'relation', 'access', 'cost'], 80, 55);
      return this.#isRead(name) ? 44 : 0;
    }
    const { before } = difference;
    if (!('parents' in before)) return 0;
    const wasPartOfRead = before.parents.some((parent) => this.#isRead(parent));
    if (!this.#isRead(name) && !isPartOfRead && !wasPartOfRead) return 0;
    if (before.rowSecurity !== table.rowSecurity) return this.#when(['filter'], 84, 45);
    if (
      before.parents.join() !== parents.join() ||
      before.partitionBound !== table.partitionBound ||
      before.partitionKey !== table.partitionKey
    )
      return this.#when(['partitions', 'relation', 'access', 'cost'], 86, 55);
    if (before.options.join() !== table.options.join()) return this.#when(['parallelism'], 72, 40);
    return before.tablespace === table.tablespace && before.accessMethod === table.accessMethod ? 0 : 38;
  }

  /** A definition is all that is known of them: `CREATE STATISTICS s ON a, b FROM public.t`. */
  #ofStatistics(definition: string): number {
    const [, from = ''] = /\bFROM\s+(.+)$/s.exec(definition) ?? [];
    const table = from.replaceAll('"', '').trim();
    const isMeant = (name: string) => name === table || name.endsWith(`.${table}`);
    const { focus, tables } = this.#comparison;
    if ([...focus].some(isMeant)) return 66;
    return [...tables].some(isMeant) ? 48 : 0;
  }

  #isRead(table: string): boolean {
    return this.#comparison.tables.has(table);
  }

  #isFocus(table: string): boolean {
    return this.#comparison.focus.has(table);
  }

  /** One relevance where plans differ in one of these ways, another where they do not. */
  #when(kinds: readonly string[], then: number, otherwise: number): number {
    return kinds.some((kind) => this.#kinds.has(kind)) ? then : otherwise;
  }

  /** Whether the query, or what its plan computes, names an object that plans do not show. */
  #isNamed({ name }: SchemaObject): boolean {
    const { conditions, output } = this.#comparison;
    const plain = plainName(name);
    return (
      this.#isRead(name) ||
      mentions(this.#sql, plain) ||
      mentions(conditions, plain) ||
      mentions(output, plain)
    );
  }
}

function mentions(text: string, name: string): boolean {
  const exact = name.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`(?<![\\w$])${exact}(?![\\w$])`, 'i').test(text);
}
