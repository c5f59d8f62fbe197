// The dialog of what one is about to do: which of a page's tasks it is decides what stands in it.

import { Dialog } from './dialog.jsx';

/** `views`: title and component by the task's kind; nothing where there is no task. */
export function TaskDialog({ task, views, onClose }) {
  if (!task) return null;
  const { title, View } = views[task.kind];
  return (
    <Dialog title={title} onClose={onClose}>
      <View task={task} />
    </Dialog>
  );
}
