/** Who is signed in here: from the first look until the sign-out, wherever that happens. */
import { computed, effect, signal } from "@preact/signals";
import { Problem } from "../../shared/api";
import type { Availability, Me, Operator } from "../../shared/types";
import { speak } from "../i18n/words";
import { client, refusals } from "../store/client";
import { Laid } from "../store/laid";
import { inTurn } from "../store/turns";

export type Phase = "unknown" | "in" | "out" | "unreachable";

/** As the server has it, with own changes on their way laid on top. */
const held = new Laid<Me | null>(null);
export const me = held.shown;
export const phase = signal<Phase>("unknown");
export const operator = computed(() => me.value?.operator ?? null);
export const ownId = computed(() => me.value?.operator.id ?? "");
/** Administrators and owners change sites, team and tokens. */
export const administers = computed(() => (operator.value?.role ?? "operator") !== "operator");
/** Terms that hold now and that the account has not accepted yet; null for those who may not. */
export const termsDue = computed(() => me.value?.terms_due ?? null);
/** The greeting after the sign-up, until it is left. */
export const justSignedUp = signal(false);

/** Take over whoever the server says we are. */
export function enter(known: Me): void {
  held.say(known);
  phase.value = "in";
  void speak(known.operator.language);
}

function leave(): void {
  held.say(null);
  phase.value = "out";
  justSignedUp.value = false;
}

/** Ask the server who we are. */
export async function look(): Promise<void> {
  try {
    enter(await inTurn("me", () => client.get<Me>("/v1/me")));
  } catch (cause) {
    if (cause instanceof Problem && cause.passing) phase.value = "unreachable";
    else leave();
  }
}

/** Another tab signed out, the session was revoked, or the operator was removed. */
export function startSession(): () => void {
  const stop = effect(() => {
    if (refusals.value > 0 && phase.peek() === "in") leave();
  });
  void look();
  return stop;
}

export async function signOut(): Promise<void> {
  await client.del("/v1/sessions/current");
  leave();
}

export type OwnChange = Partial<Pick<Operator, "name" | "display_name" | "language">> & {
  availability?: Availability;
};

/** Change the own profile: shown at once, taken back when the server refuses. */
export async function changeOwn(change: OwnChange): Promise<void> {
  const own = ownId.peek();
  // Somebody else may sign in here before it is answered.
  const mine = (known: Me | null): known is Me => known?.operator.id === own;
  const lift = held.lay((known) =>
    mine(known) ? { ...known, operator: { ...known.operator, ...change } } : known,
  );
  try {
    const operator = await inTurn("me", () => client.patch<Operator>("/v1/me", change));
    const { said } = held;
    if (mine(said)) held.say({ ...said, operator });
    if (change.language) void speak(operator.language);
  } finally {
    lift();
  }
}
