// Stands where usage will be, as large as it.

export function AnalyticsSkeleton() {
  return (
    <div class="usage-skeleton" role="status" aria-label="Loading usage">
      <i class="totals-place" />
      <i class="timeline-place" />
      <i class="table-place" />
      <i class="table-place" />
    </div>
  );
}
