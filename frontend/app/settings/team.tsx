/** Who answers: operators, their roles, and invitations on their way. */
import { useCallback, useEffect, useState } from "preact/hooks";
import type { Installation, Invitation, List, Role, TeamMember } from "../../shared/types";
import { operator } from "../account/session";
import { type Key, t } from "../i18n/words";
import { Avatar } from "../parts/avatar";
import { useBusy } from "../parts/busy";
import { ask } from "../parts/dialog";
import { Icon } from "../parts/icon";
import { Menu } from "../parts/menu";
import { explain } from "../parts/problem";
import { Ago } from "../parts/time";
import { toast } from "../parts/toast";
import { client } from "../store/client";
import { ignorePassing, loadTeam } from "../store/load";
import { team } from "../store/state";
import { inTurn } from "../store/turns";
import { Invite } from "./invite";
import { Part, SettingsPage } from "./page";

const failed = (cause: unknown): void => toast(explain(cause), { failed: true });

export function TeamSettings() {
  const [invitations, setInvitations] = useState<readonly Invitation[]>([]);
  const [mail, setMail] = useState<Installation["mail"] | null>(null);
  const [failure, setFailure] = useState<unknown>(null);
  const [inviting, setInviting] = useState(false);
  const load = useCallback(async () => {
    setInvitations((await client.get<List<Invitation>>("/v1/invitations")).items);
  }, []);
  // Whoever has accepted is an operator now, and no longer invited.
  const size = team.value.length;
  useEffect(() => {
    load().catch(setFailure);
  }, [load, size]);
  useEffect(() => {
    loadTeam().catch(setFailure);
    client
      .get<Installation>("/v1/installation")
      .then((installation) => setMail(installation.mail))
      .catch(ignorePassing);
  }, []);
  return (
    <SettingsPage
      title={t("settings.team")}
      lead={t("team.lead")}
      action={
        <span class="settings-actions">
          <button type="button" class="button button-main" onClick={() => setInviting(true)}>
            <Icon name="plus" size={18} />
            {t("team.invite")}
          </button>
        </span>
      }
    >
      {failure !== null && <p class="notice notice-danger">{explain(failure)}</p>}
      {mail === "outbox" && <p class="notice notice-warning">{t("team.outbox")}</p>}
      <Part title={t("team.operators")} text={t("team.operators_text")}>
        <ul class="lines">
          {team.value.map((member) => (
            <Member key={member.id} member={member} />
          ))}
        </ul>
      </Part>
      {invitations.length > 0 && (
        <Part title={t("team.pending")} text={t("team.pending_text")}>
          <ul class="lines">
            {invitations.map((invitation) => (
              <Pending key={invitation.id} invitation={invitation} reload={load} />
            ))}
          </ul>
        </Part>
      )}
      {inviting && (
        <Invite
          mail={mail}
          onClose={() => setInviting(false)}
          onDone={() => void load().catch(failed)}
        />
      )}
    </SettingsPage>
  );
}

/** What the one who looks may make of somebody. Administrators leave owners alone. */
export function rolesFor(own: Role, theirs: Role): Role[] {
  if (own === "owner") return ["operator", "administrator", "owner"];
  return own === "administrator" && theirs !== "owner" ? ["operator", "administrator"] : [];
}

function Member({ member }: { member: TeamMember }) {
  const self = operator.value;
  const own = member.id === self?.id;
  const roles = own ? [] : rolesFor(self?.role ?? "operator", member.role);
  return (
    <li>
      <Avatar id={member.id} name={member.name} online={member.present} />
      <span class="line-main">
        <b>
          <bdi>{member.name}</bdi>
          {own && <span class="faint"> {t("team.you")}</span>}
        </b>
        <small>
          <bdi>{member.email}</bdi> · {t(member.present ? "operator.online" : "operator.offline")}
        </small>
      </span>
      {roles.length > 0 ? (
        <>
          <Menu
            name={t("team.role_of", { name: member.name, role: t(`role.${member.role}`) })}
            side="end"
            face={
              <>
                <span>{t(`role.${member.role}`)}</span>
                <Icon name="down" size={14} />
              </>
            }
            choices={roles.map((role) => ({
              key: role,
              label: <RoleText role={role} />,
              checked: role === member.role,
              act: () => void setRole(member, role),
            }))}
          />
          <button
            type="button"
            class="button-icon"
            aria-label={t("team.remove", { name: member.name })}
            title={t("team.remove", { name: member.name })}
            onClick={() => void remove(member)}
          >
            <Icon name="bin" size={18} />
          </button>
        </>
      ) : (
        <span class="line-note">{t(`role.${member.role}`)}</span>
      )}
    </li>
  );
}

/** A role with what it may do. */
export function RoleText({ role }: { role: Role }) {
  return (
    <span class="role">
      <b>{t(`role.${role}`)}</b>
      <small>{t(`role.${role}_text` as Key)}</small>
    </span>
  );
}

async function setRole(member: TeamMember, role: Role, quiet = false): Promise<void> {
  if (role === member.role && !quiet) return;
  try {
    await inTurn("team", () => client.patch(`/v1/operators/${member.id}`, { role }));
    await loadTeam();
    if (quiet) return toast(t("undone"));
    toast(t("saved"), { undo: () => void setRole(member, member.role, true) });
  } catch (cause) {
    failed(cause);
  }
}

async function remove(member: TeamMember): Promise<void> {
  const sure = await ask({
    title: t("team.remove_ask", { name: member.name }),
    text: t("team.remove_warning"),
    action: t("team.remove", { name: member.name }),
  });
  if (!sure) return;
  try {
    await inTurn("team", () => client.del(`/v1/operators/${member.id}`));
    await loadTeam();
    toast(t("team.removed", { name: member.name }));
  } catch (cause) {
    failed(cause);
  }
}

interface PendingProps {
  invitation: Invitation;
  reload: () => Promise<void>;
}

function Pending({ invitation, reload }: PendingProps) {
  const { id, email, role } = invitation;
  const { busy, run } = useBusy();
  const act = (work: () => Promise<unknown>, done: string): Promise<void> =>
    run(async () => {
      await work();
      await reload();
      toast(done);
    });
  const resend = () =>
    act(() => client.post(`/v1/invitations/${id}/resend`), t("team.resent", { email }));
  const withdraw = () =>
    act(() => client.del(`/v1/invitations/${id}`), t("team.withdrawn", { email }));
  return (
    <li>
      <Avatar id={id} name={null} />
      <span class="line-main">
        <b dir="auto">{email}</b>
        <small>
          {t(`role.${role}`)} · {t("team.invited")} <Ago at={invitation.created_at} />
          {Date.parse(invitation.expires_at) < Date.now() && ` · ${t("team.expired")}`}
        </small>
      </span>
      <span class="line-acts">
        <button
          type="button"
          class="button button-small"
          aria-disabled={busy}
          onClick={() => void resend()}
        >
          {t("team.resend")}
          <span class="spoken"> {email}</span>
        </button>
        <button
          type="button"
          class="button button-small"
          aria-disabled={busy}
          onClick={() => void withdraw()}
        >
          {t("team.withdraw")}
          <span class="spoken"> {email}</span>
        </button>
      </span>
    </li>
  );
}
