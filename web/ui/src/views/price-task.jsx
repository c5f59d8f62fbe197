// The dialog of what one is about to do with prices.

import { closeTask, task } from '../price-task.js';
import { Dialog } from './dialog.jsx';
import { EndPrice } from './end-price.jsx';
import { Reprice } from './reprice.jsx';
import { SetPrice } from './set-price.jsx';

const TASKS = {
  set: { title: 'Set a price', View: SetPrice },
  end: { title: 'End a price', View: EndPrice },
  reprice: { title: 'Reprice', View: Reprice },
};

export function PriceTask() {
  if (!task.value) return null;
  const { title, View } = TASKS[task.value.kind];
  return (
    <Dialog title={title} onClose={closeTask}>
      <View task={task.value} />
    </Dialog>
  );
}
