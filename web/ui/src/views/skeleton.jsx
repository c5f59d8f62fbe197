// Stands where rows will be.

export function Skeleton() {
  return (
    <div class="skeleton" role="status" aria-label="Loading events">
      {Array.from({ length: 12 }, (_, index) => (
        <i key={index} />
      ))}
    </div>
  );
}
