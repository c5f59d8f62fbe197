// Runs before the first paint, so that a chosen theme does not flash. Its own file: the CSP allows no inline script.
(function () {
  try {
    var chosen = localStorage.getItem('livemeter.theme');
    if (chosen === 'light' || chosen === 'dark') document.documentElement.dataset.theme = chosen;
  } catch (refused) {
    // Storage may be closed to us: the system's theme then holds.
  }
})();
