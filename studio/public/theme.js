// Runs before the first paint, so that a chosen theme does not flash. A file of its own: inline scripts are not allowed.
try {
  var theme = localStorage.getItem('contrafact.theme');
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
} catch (error) {
  // Storage may be blocked; the system's preference then decides.
}
