// A small line; the numbers stand beside it.

const WIDTH = 96;
const HEIGHT = 18;

export function Sparkline({ amounts }) {
  const most = Math.max(...amounts, 1);
  const step = WIDTH / amounts.length;
  const y = (amount) => HEIGHT - 1 - (amount / most) * (HEIGHT - 2);
  const path = amounts.map((amount, place) => `${place ? 'L' : 'M'}${(place * step).toFixed(1)} ${y(amount).toFixed(1)}h${step.toFixed(1)}`).join('');
  return (
    <svg class="sparkline" width={WIDTH} height={HEIGHT} aria-hidden="true">
      <path d={path} />
    </svg>
  );
}
