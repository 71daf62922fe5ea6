import type { FakePull } from './github/repository.ts';
import type { Files } from './project.ts';
import { TestRepository } from './repository.ts';

/** A repository with a branch `change` that a pull request wants merged into `main`. */
export class TestPullRequest extends TestRepository {
  readonly number = 7;
  #headSha: string;

  constructor(base: Files, change: Files) {
    super(base);
    this.git('checkout', '--quiet', '-b', 'change');
    this.#headSha = this.commit(change);
    this.#merge();
  }

  /** Another commit of the pull request, checked out merged. */
  push(files: Files, removed: readonly string[] = []): void {
    this.git('checkout', '--quiet', 'change');
    this.#headSha = this.commit(files, removed);
    this.#merge();
  }

  get headSha(): string {
    return this.#headSha;
  }

  /** The pull request as GitHub knows it. */
  get pull(): FakePull {
    const diff = `${this.git('diff', 'main...change')}\n`;
    return { number: this.number, headSha: this.#headSha, diff };
  }

  /** As the event `pull_request` tells of it. */
  payload(headRepository = 'octocat/airlines') {
    return {
      action: 'synchronize',
      number: this.number,
      pull_request: {
        number: this.number,
        head: { ref: 'change', sha: this.#headSha, repo: { full_name: headRepository } },
        base: { ref: 'main', sha: this.git('rev-parse', 'main'), repo: { full_name: 'octocat/airlines' } },
      },
      repository: { full_name: 'octocat/airlines', default_branch: 'main' },
    };
  }

  /** As actions/checkout leaves it: the merge of both, on no branch. */
  #merge(): void {
    this.git('checkout', '--quiet', '--detach', 'main');
    this.git('merge', '--quiet', '--no-ff', '--message', 'merge', 'change');
  }
}
