import { type Sender, servicesOf, type Version } from './senders.ts';

/** `orders and billing`, or `the application` where no service is named. */
export function servicesInWords(senders: readonly Pick<Sender, 'service' | 'version'>[]): string {
  return namesInWords(servicesOf(senders));
}

/** Names of services in a sentence. */
export function namesInWords(names: readonly string[]): string {
  if (names.length === 0) return 'the application';
  const [last = '', ...others] = names.toReversed();
  return others.length === 0 ? last : `${others.toReversed().join(', ')} and ${last}`;
}

const told: readonly Version[] = ['both', 'new', 'running', 'unknown'];

/** Which versions of which services send a query: the end of a sentence. */
export function sendersInWords(senders: readonly Sender[]): string {
  return told
    .flatMap((version) => {
      const these = senders.filter((sender) => sender.version === version);
      return these.length === 0 ? [] : [inWords(version, servicesInWords(these))];
    })
    .join('; ');
}

function inWords(version: Version, services: string): string {
  switch (version) {
    case 'both':
      return `the running and the new version of ${services} send it`;
    case 'new':
      return `the new version of ${services} sends it`;
    case 'running':
      return `the running version of ${services} sends it, the new one does not`;
    case 'unknown':
      return `it is sent by ${services}, by which version is not known, since only one was captured`;
    default:
      return version satisfies never;
  }
}
