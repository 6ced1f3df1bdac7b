/** What waits for the owner in the rooms of the console: looked at when one enters a room, and after each answer. */

import { claimsApi } from './claims-api';
import { connection } from './connection.svelte';
import { releasesApi } from './releases-api';

class Waiting {
  approvals = $state(0);
  claims = $state(0);

  async look(): Promise<void> {
    try {
      const [approvals, disputes, notices] = await connection.through(Promise.all([releasesApi.approvals(false), claimsApi.disputes(true), claimsApi.notices(true)]), { quiet: true });
      this.approvals = approvals.open;
      // What waits for somebody else's answer is not counted.
      this.claims = disputes.length + notices.filter((notice) => notice.state === 'received' || notice.state === 'counter_notice').length;
    } catch {
      // The rooms themselves say what is wrong.
    }
  }
}

export const waiting = new Waiting();
