/** A column of a table or view, as one schema state has it. */
export interface ColumnOrigin {
  /** Qualified name. */
  readonly table: string;
  readonly column: string;
  /** Views have no NOT NULL of their own, so false says nothing of their columns. */
  readonly notNull: boolean;
}

/** A column that a query returns. */
export interface ResultColumn {
  readonly name: string;
  /** As format_type prints it, with its modifier: `character varying(20)`. */
  readonly type: string;
  /** What it is taken from; null where it is computed. */
  readonly origin: ColumnOrigin | null;
}

/** What a query takes and returns in one schema state, as the server describes it without running it. */
export interface ResultShape {
  /** Null for a query that returns no rows. */
  readonly columns: readonly ResultColumn[] | null;
  /** Types of `$1`, `$2` ...; null where the server could tell them only with casts of ours. */
  readonly parameters: readonly string[] | null;
}
