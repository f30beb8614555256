/** A video job as its endpoint answers it. */
export interface VideoJob {
  readonly id: string;
  readonly object: 'video';
  readonly model: string;
  readonly status: 'queued' | 'in_progress' | 'completed';
  /** Unix seconds. */
  readonly created_at: number;
}

const STATUSES = ['queued', 'in_progress', 'completed'] as const;

/** The video jobs: each poll finds a job one step further, whatever the time. */
export class VideoJobs {
  readonly #polls = new Map<string, { readonly job: VideoJob; polls: number }>();
  #lastId = 0;

  /** A job with its own id; nobody finds it before it is added. */
  draft(model: string, createdS: number): VideoJob {
    this.#lastId += 1;
    const id = `video_${this.#lastId}`;
    return { id, object: 'video', model, status: 'queued', created_at: createdS };
  }

  add(job: VideoJob): void {
    this.#polls.set(job.id, { job, polls: 0 });
  }

  poll(id: string): VideoJob | undefined {
    const entry = this.#polls.get(id);
    if (entry === undefined) return undefined;
    const status = STATUSES[Math.min(entry.polls, STATUSES.length - 1)] ?? 'completed';
    entry.polls += 1;
    return { ...entry.job, status };
  }

  clear(): void {
    this.#polls.clear();
  }
}
