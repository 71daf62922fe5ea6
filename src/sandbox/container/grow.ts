import { type FileSize, relationSegments } from '../../model/server.ts';
import { cannotGrow } from './errors.ts';
import type { ThrowAwayContainer } from './lifetime.ts';

/** A call's arguments must fit into the 2 MB that Linux allows (execve); these are a tenth of that. */
const segmentsPerCall = 2_000;

/** Takes sizes and paths in turn. `truncate` knows `-s` in both coreutils and BusyBox. */
const script = 'while [ $# -gt 0 ]; do truncate -s "$1" "$2" || exit; shift 2; done';

/**
 * Extends relations of a server in a container, as the user it runs as, since it must own them.
 *
 * @throws CannotReview
 */
export async function growInContainer(
  container: ThrowAwayContainer,
  dataDirectory: string,
  files: readonly FileSize[],
): Promise<void> {
  const segments = files.flatMap(relationSegments);
  const calls = Array.from({ length: Math.ceil(segments.length / segmentsPerCall) }, (_, index) =>
    segments.slice(index * segmentsPerCall, (index + 1) * segmentsPerCall),
  );
  try {
    await Promise.all(
      calls.map((call) => {
        const pairs = call.flatMap(({ path, bytes }) => [String(bytes), `${dataDirectory}/${path}`]);
        return container.run('postgres', ['sh', '-c', script, 'sh', ...pairs]);
      }),
    );
  } catch (error) {
    throw cannotGrow(error);
  }
}
