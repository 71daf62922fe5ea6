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

/** How the parameters of a query were filled for planning. */
export type ParameterSource = 'none' | 'captured values' | 'generic';

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
      readonly parameters: ParameterSource;
      readonly locks: readonly PlanningLock[];
    }
  | { readonly kind: 'refused'; readonly error: PostgresError }
  | { readonly kind: 'stopped'; readonly limitMs: number };

/** Work of one node over the whole query: per execution times executions. */
export interface NodeMeasure {
  readonly node: PlanNode;
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

/** The node that made the difference between two plans of one query. */
export interface PlanDifference {
  readonly node: string;
  /** Relation that it works on, or null. */
  readonly relation: string | null;
  readonly before: string | null;
  readonly costBefore: number;
  readonly costAfter: number;
}
