/**
 * Settings that the planner's choices depend on, and that may be taken from elsewhere (PostgreSQL documentation, "Query
 * Planning" and "Resource Consumption"). Others are the throw-away server's own affair.
 */
const patterns: readonly RegExp[] = [
  /^(work_mem|hash_mem_multiplier|effective_cache_size|temp_buffers)$/,
  /^(seq_page|random_page|cpu_tuple|cpu_index_tuple|cpu_operator|parallel_setup|parallel_tuple)_cost$/,
  /^min_parallel_(table|index)_scan_size$/,
  /^max_parallel_workers(_per_gather)?$/,
  /^parallel_leader_participation$/,
  /^(jit|jit_(above|inline_above|optimize_above)_cost)$/,
  /^(from_collapse_limit|join_collapse_limit|cursor_tuple_fraction|recursive_worktable_factor)$/,
  /^(constraint_exclusion|default_statistics_target|effective_io_concurrency)$/,
  /^geqo(_threshold|_effort|_pool_size|_generations|_selection_bias|_seed)?$/,
  /^enable_[a-z_]+$/,
];

export function isPlannerSetting(name: string): boolean {
  return patterns.some((pattern) => pattern.test(name));
}
