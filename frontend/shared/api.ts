/** Requests to our own server: JSON in, JSON out, every failure one typed `Problem`. */

export interface FieldError {
  field: string;
  /** In English, to stand behind the name of the field. */
  message: string;
  /** Stable, for words in other languages: `missing`, `too_long`, … */
  reason?: string;
  /** What the reason takes in, such as `{max: 200}`. */
  params?: Readonly<Record<string, string | number | readonly string[]>>;
}

/** Why a request failed, as the server said it; `unreachable` with status 0 when it said nothing. */
export class Problem extends Error {
  override readonly name = "Problem";

  constructor(
    readonly status: number,
    /** Stable, for decisions: `invalid`, `rate_limited`, `unreachable`, … */
    readonly code: string,
    /** For people, in the server's language. */
    readonly detail: string,
    readonly errors: FieldError[] = [],
    /** Seconds to wait before trying again, when the server named them. */
    readonly retryAfter: number | null = null,
    /** Everything else that came with it, such as the current `notice`. */
    readonly body: Readonly<Record<string, unknown>> = {},
  ) {
    super(`${code}: ${detail}`);
  }

  /** Whether the same request may succeed later without anybody changing it. */
  get passing(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

type Query = Record<string, string | number | boolean | null | undefined>;

export interface RequestOptions {
  query?: Query;
  signal?: AbortSignal;
  /** Milliseconds until the request counts as failed. */
  timeout?: number;
  /** Let the request outlive the page. */
  keepalive?: boolean;
}

export interface ClientOptions {
  /** The bearer token of a visitor; operators' requests carry their cookie. */
  token?: () => string | null;
  /** Called on every 401, after which the request still fails with its `Problem`. */
  onSignedOut?: (problem: Problem) => void;
}

export type Client = ReturnType<typeof createClient>;

/** Make the functions that talk to the server. All of them throw `Problem` and nothing else. */
export function createClient(options: ClientOptions = {}) {
  const call = async <T>(
    method: string,
    path: string,
    body: unknown,
    { query, signal, timeout = 20_000, keepalive = false }: RequestOptions = {},
  ): Promise<T> => {
    const headers: Record<string, string> = { accept: "application/json" };
    const token = options.token?.();
    if (token) headers.authorization = `Bearer ${token}`;
    if (body !== undefined) headers["content-type"] = "application/json";
    const limit = AbortSignal.timeout(timeout);
    try {
      const response = await fetch(path + search(query), {
        method,
        headers,
        keepalive,
        credentials: token ? "omit" : "same-origin",
        cache: "no-store",
        signal: signal ? AbortSignal.any([signal, limit]) : limit,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      if (response.ok) return (text ? JSON.parse(text) : undefined) as T;
      throw problemOf(response, text);
    } catch (cause) {
      if (!(cause instanceof Problem)) throw new Problem(0, "unreachable", "No answer");
      if (cause.status === 401) options.onSignedOut?.(cause);
      throw cause;
    }
  };
  return {
    get: <T>(path: string, more?: RequestOptions) => call<T>("GET", path, undefined, more),
    post: <T>(path: string, body: unknown = {}, more?: RequestOptions) =>
      call<T>("POST", path, body, more),
    patch: <T>(path: string, body: unknown, more?: RequestOptions) =>
      call<T>("PATCH", path, body, more),
    del: <T>(path: string, body?: unknown, more?: RequestOptions) =>
      call<T>("DELETE", path, body, more),
  };
}

function search(query: Query | undefined): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value !== null && value !== undefined && value !== "") params.set(name, String(value));
  }
  const text = params.toString();
  return text && `?${text}`;
}

/** Read a failed answer. What is no problem document (a proxy's page) still becomes a `Problem`. */
export function problemOf(response: Response, text: string): Problem {
  let body: Record<string, unknown> = {};
  try {
    const parsed: unknown = JSON.parse(text);
    if (parsed && typeof parsed === "object") body = parsed as Record<string, unknown>;
  } catch {
    // Not JSON: the status says enough.
  }
  const code = typeof body.code === "string" ? body.code : codeOf(response.status);
  const detail = body.detail ?? body.title;
  return new Problem(
    response.status,
    code,
    typeof detail === "string" ? detail : `HTTP ${response.status}`,
    Array.isArray(body.errors) ? (body.errors as FieldError[]) : [],
    retryAfter(response.headers.get("retry-after")),
    body,
  );
}

function codeOf(status: number): string {
  if (status === 401) return "unauthenticated";
  if (status === 404) return "not_found";
  if (status === 413) return "too_large";
  if (status === 429) return "rate_limited";
  return status >= 500 ? "unavailable" : "invalid";
}

/** Seconds; a date, which our server never names, counts as nothing said. */
function retryAfter(header: string | null): number | null {
  const seconds = Number.parseFloat(header ?? "");
  return seconds >= 0 ? seconds : null;
}
