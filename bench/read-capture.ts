import { readWorkload } from '../src/workload/read.ts';

/** Reads one capture in a process of its own, and tells how long that took and how much memory it took at most. */
const [path = ''] = process.argv.slice(2);
const started = performance.now();
const cpu = process.cpuUsage();
const { queries, traces, unchecked } = await readWorkload('/', [path]);
const { user, system } = process.cpuUsage(cpu);
process.stdout.write(
  JSON.stringify({
    milliseconds: performance.now() - started,
    cpuMilliseconds: (user + system) / 1000,
    peakBytes: process.resourceUsage().maxRSS * 1024,
    calls: queries.reduce((sum, query) => sum + query.calls, 0),
    queries: queries.length,
    traces: traces.length,
    unchecked: unchecked.slice(0, 3),
  }),
);
