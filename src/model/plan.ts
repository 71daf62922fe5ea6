import type { LockMode } from './observation.ts';
import type { PostgresError } from './server.ts';

/** The relation that a scan reads or a modification writes. */
export interface PlanRelation {
  readonly schema: string;
  readonly name: string;
  readonly alias: string;
}

/** What a plan node does; EXPLAIN's node types, grouped by what can be asked of them. */
export type Operation =
  | {
      readonly kind: 'scan';
      readonly access: 'sequential' | 'index' | 'index only' | 'bitmap' | 'tid' | 'sample';
      readonly relation: PlanRelation;
      /** Index used, or null; a bitmap scan names its indexes in the bitmap nodes below it. */
      readonly index: string | null;
      /** Condition that the index answers, or that a bitmap scan rechecks. */
      readonly condition: string | null;
      readonly filter: string | null;
    }
  | { readonly kind: 'bitmap index'; readonly index: string; readonly condition: string | null }
  | { readonly kind: 'bitmap combination'; readonly combines: 'and' | 'or' }
  | {
      readonly kind: 'join';
      readonly method: 'nested loop' | 'hash' | 'merge';
      readonly type: string;
      readonly condition: string | null;
      readonly filter: string | null;
      readonly innerUnique: boolean;
    }
  | { readonly kind: 'sort'; readonly keys: readonly string[]; readonly presorted: readonly string[] }
  | {
      readonly kind: 'aggregate';
      readonly strategy: 'plain' | 'sorted' | 'hashed' | 'mixed';
      readonly partial: 'simple' | 'partial' | 'finalize';
      /** Batches that a hashed aggregate expects to write to disk, 0 for none. */
      readonly plannedPartitions: number;
      readonly filter: string | null;
    }
  | { readonly kind: 'hash' }
  | { readonly kind: 'limit' }
  | { readonly kind: 'materialize' }
  | { readonly kind: 'memoize'; readonly key: string }
  | { readonly kind: 'gather'; readonly workers: number; readonly merge: boolean }
  | { readonly kind: 'append'; readonly merge: boolean }
  | { readonly kind: 'modify'; readonly operation: string; readonly relation: PlanRelation }
  | { readonly kind: 'cte scan'; readonly cte: string; readonly filter: string | null }
  | { readonly kind: 'other'; readonly filter: string | null };

/** How a node feeds its parent. */
export type PlanRole = 'outer' | 'inner' | 'member' | 'subquery' | 'subplan' | 'initplan';

/** A node of EXPLAIN's tree. Costs and rows are the planner's estimates for one execution of the node. */
export interface PlanNode {
  /** Node type as EXPLAIN prints it: `Index Scan`. */
  readonly type: string;
  readonly operation: Operation;
  readonly role: PlanRole;
  /** Name of a subplan or common table expression, or null. */
  readonly subplan: string | null;
  readonly parallelAware: boolean;
  readonly cost: { readonly startup: number; readonly total: number };
  readonly rows: number;
  /** Average bytes of a row of its output. */
  readonly width: number;
  /** Expressions of its target list (VERBOSE). */
  readonly output: readonly string[];
  readonly children: readonly PlanNode[];
}

/**
 * How the parameters of a query were filled for planning. `captured constants`: another captured text of its shape,
 * which has constants; `most common values`, `rare values`: from the statistics of the columns that they are compared
 * with; `generic`: the plan for values that are not known.
 */
export const parameterSources = [
  'none',
  'captured values',
  'captured constants',
  'most common values',
  'rare values',
  'generic',
] as const;
export type ParameterSource = (typeof parameterSources)[number];

/** A parameter and what it was given to plan with. */
export interface FilledParameter {
  readonly number: number;
  readonly value: unknown;
  /** `assumed`: for a LIMIT or OFFSET that nobody knows. */
  readonly from: 'capture' | 'most common' | 'rare' | 'assumed';
  /** What it is: `LIMIT`, `OFFSET`, or the column that it is compared with, `public.users.country`; null where unknown. */
  readonly of: string | null;
  /** Whether it stands for a value that is not known, and so is none to be shown. */
  readonly standsIn: boolean;
}

/** A lock that is taken to plan and run a query; on indexes too. */
export interface PlanningLock {
  /** Oid of the relation. */
  readonly relation: number;
  readonly mode: LockMode;
}

/** What came of planning a query in one schema state. */
export type Planning =
  | {
      readonly kind: 'planned';
      readonly plan: PlanNode;
      /** Functions that the server would compile just in time; null where it would not, or cannot. */
      readonly jitFunctions: number | null;
      readonly parameters: ParameterSource;
      /** Values that it was planned with, or null where it holds for any. */
      readonly values: readonly unknown[] | null;
      readonly locks: readonly PlanningLock[];
    }
  | { readonly kind: 'refused'; readonly error: PostgresError }
  | { readonly kind: 'stopped'; readonly limitMs: number };

/** A node that was executed: what the planner expected, and what came. */
export interface ExecutedNode {
  readonly node: PlanNode;
  /** Executions, those in parallel processes included; 0 where it was never reached. */
  readonly loops: number;
  /** Rows that one execution returned, on average (a fraction on PostgreSQL 18). */
  readonly rows: number;
  /** Rows that one execution read and its filter threw away, on average. */
  readonly rowsFiltered: number;
  /** Rows of all executions of an index-only scan that had to be looked up in the table; null of other nodes. */
  readonly heapFetches: number | null;
  /** Bytes that it wrote to temporary files, without those of its children. */
  readonly temporaryBytes: number;
  readonly children: readonly ExecutedNode[];
}

/** A plan that was executed. */
export interface ExecutedPlan {
  readonly root: ExecutedNode;
  readonly milliseconds: number;
  /** Pages of tables and indexes that were found in shared buffers, and that were not. */
  readonly pages: { readonly hit: number; readonly read: number };
}

/** Work of one node over the whole query: per execution times executions. */
export interface NodeMeasure {
  readonly node: PlanNode;
  /** Qualified name of the table that it reads or writes, for a partition that of its partitioned table; or null. */
  readonly table: string | null;
  /** How often it runs, fractions of a run under LIMIT included. */
  readonly loops: number;
  /** Rows it fetches from storage, before its filter; 0 for nodes that read none. */
  readonly rowsRead: number;
  /** Of those, rows thrown away by its filter. */
  readonly rowsFiltered: number;
  /** Rows it hands to its parent. */
  readonly rowsReturned: number;
  /** Planner cost of the node without its children. */
  readonly exclusiveCost: number;
}

/** One line of an insight's detail table. */
export interface ScanDetail {
  readonly table: string;
  readonly access: string;
  readonly index: string | null;
  readonly rowsRead: number;
  readonly rowsFiltered: number;
  readonly cost: number;
}

/** What a plan costs, in figures that rules compare. */
export interface Measures {
  readonly rowsRead: number;
  readonly rowsFiltered: number;
  readonly rowsReturned: number;
  /** Bytes of the whole result: rows returned times width. */
  readonly resultBytes: number;
  readonly columnsReturned: number;
  /** Distinct relations scanned. */
  readonly tables: readonly string[];
  readonly rowsSorted: number;
  /** Root's total cost. */
  readonly cost: number;
  readonly nodes: readonly NodeMeasure[];
  readonly scans: readonly ScanDetail[];
}

/** In which way a piece of work is done otherwise than in another plan of the query. */
export const workChangeKinds = [
  'access',
  'index',
  'condition',
  'filter',
  'join method',
  'join order',
  'uniqueness',
  'relation',
  'sort',
  'aggregate',
  'parallelism',
  'partitions',
  'rows',
  'width',
  'cost',
] as const;
export type WorkChangeKind = (typeof workChangeKinds)[number];

/** One way in which two plans of a query differ. */
export interface WorkChange {
  readonly kind: WorkChangeKind;
  /** The table, or the tables, that the work is about. */
  readonly on: string;
  /** What there was, in PostgreSQL's words or as a figure; null where there was nothing. */
  readonly before: string | null;
  readonly after: string | null;
}

/** The node that made the difference between two plans of one query. */
export interface PlanDifference {
  readonly node: string;
  /** Relation that it works on, or null. */
  readonly relation: string | null;
  /** Tables whose rows it has to do with. */
  readonly tables: readonly string[];
  readonly before: string | null;
  readonly costBefore: number;
  readonly costAfter: number;
}
