import { parse } from './grammar.ts';

/** Plain names of the tables that a statement has ANALYZE look at: `all`, or none where it is none. */
export function analyzedTables(sql: string): readonly string[] | 'all' {
  const parsed = parse(sql);
  const statement = parsed.kind === 'parsed' ? parsed.value.stmts?.[0]?.stmt : undefined;
  if (statement === undefined || !('VacuumStmt' in statement)) return [];
  const { is_vacuumcmd: isVacuum = false, options = [], rels } = statement.VacuumStmt;
  const analyzes = options.some((option) => 'DefElem' in option && option.DefElem.defname === 'analyze');
  if (isVacuum && !analyzes) return [];
  if (rels === undefined) return 'all';
  return rels.flatMap((each) =>
    'VacuumRelation' in each ? [each.VacuumRelation.relation?.relname ?? ''] : [],
  );
}
