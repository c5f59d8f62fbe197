// What hardly anybody needs on a page, or what can wait until the rest is drawn, is loaded when it is wanted.

import { useEffect, useState } from 'preact/hooks';

/** `load` must be the same function each time. */
export function Lazy({ load, ...rest }) {
  const [View, setView] = useState(null);
  // Where it could not be had, another try is a click or a reload away.
  useEffect(() => void load().then((loaded) => setView(() => loaded), () => {}), [load]);
  return View && <View {...rest} />;
}

export const loadSignIn = async () => (await import('./sign-in.jsx')).SignIn;
export const loadInvitation = async () => (await import('./invitation.jsx')).Invitation;
export const loadAccount = async () => (await import('./account.jsx')).Account;
export const loadAlertBell = async () => (await import('./alert-bell.jsx')).AlertBell;
export const loadAlertPanel = async () => (await import('./alert-panel.jsx')).AlertPanel;
export const loadExportBox = async () => (await import('./export-box.jsx')).ExportBox;
export const loadFirstEvent = async () => (await import('./first-event.jsx')).FirstEvent;
export const loadTimelineChart = async () => (await import('./timeline-chart.jsx')).TimelineChart;
export const loadTimelineTable = async () => (await import('./timeline-table.jsx')).TimelineTable;
