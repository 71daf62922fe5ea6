import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Files, TestProject } from './project.ts';

/** A git repository in a temporary folder. */
export class TestRepository extends TestProject {
  constructor(files: Files) {
    super({});
    this.git('init', '--quiet', '--initial-branch=main');
    this.commit(files);
  }

  git(...args: readonly string[]): string {
    const identity = [
      '-c',
      'user.name=Test',
      '-c',
      'user.email=test@example.org',
      '-c',
      'commit.gpgsign=false',
    ];
    return execFileSync('git', [...identity, ...args], { cwd: this.root, encoding: 'utf8' }).trim();
  }

  /** Writes files, removes others, commits, and returns the commit. */
  commit(files: Files, removed: readonly string[] = []): string {
    this.write(files);
    for (const path of removed) rmSync(join(this.root, path));
    this.git('add', '--all');
    this.git('commit', '--quiet', '--allow-empty', '--message', 'change');
    return this.git('rev-parse', 'HEAD');
  }
}
