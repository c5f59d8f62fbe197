// The Members page, put together.

import { useEffect } from 'preact/hooks';
import '../styles/dialog.css';
import '../styles/keys.css';
import { closeTask, people, task } from '../members.js';
import { isAdmin } from '../session.js';
import { Failure } from './failure.jsx';
import { Header } from './header.jsx';
import { InvitationTable } from './invitation-table.jsx';
import { InviteMember } from './invite-member.jsx';
import { MemberTable } from './member-table.jsx';
import { RemoveMember } from './remove-member.jsx';
import { Skeleton } from './skeleton.jsx';
import { TaskDialog } from './task-dialog.jsx';

const TASKS = {
  invite: { title: 'Invite a member', View: InviteMember },
  remove: { title: 'Remove a member', View: RemoveMember },
};

export function Members() {
  return (
    <div class="page">
      <a class="skip" href="#members">
        Skip to the members
      </a>
      <Header />
      <main id="members" tabIndex={-1} aria-label="Members">
        <h1 class="unseen">Members</h1>
        <div class="scroller">{isAdmin.value ? <Managed /> : <ForAdmins />}</div>
      </main>
      <TaskDialog task={task.value} views={TASKS} onClose={closeTask} />
    </div>
  );
}

function Managed() {
  useEffect(() => {
    people.run();
    return () => {
      people.clear();
      closeTask();
    };
  }, []);
  const known = people.value.value;
  if (!known) {
    if (people.problem.value) return <Failure what="The members" problem={people.problem.value} onRetry={() => people.run()} />;
    return <Skeleton what="members" />;
  }
  return (
    <>
      <MemberTable members={known.members} />
      <InvitationTable invitations={known.invitations} />
    </>
  );
}

function ForAdmins() {
  return (
    <section class="notice">
      <h2>Members are managed by admins</h2>
      <p>You have no ADMIN scope here. An admin of this workspace invites and removes members.</p>
    </section>
  );
}
