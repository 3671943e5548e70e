// Shows the progress of a job: asks for its status until it is over, then loads the page anew.
"use strict";
(() => {
  const section = document.getElementById("job");
  const set = (id, text) => {
    const found = document.getElementById(id);
    if (found && text !== undefined) found.textContent = text;
  };
  const stop = document.getElementById("stop");
  stop.hidden = false;
  stop.addEventListener("click", async () => {
    stop.disabled = true;
    try {
      const response = await fetch(section.dataset.href.split("?")[0], { method: "DELETE" });
      if (!response.ok) throw new Error((await response.json()).detail);
    } catch (error) {
      const refusal = document.getElementById("refusal");
      refusal.textContent = error.message;
      refusal.hidden = false;
      stop.disabled = false;
    }
  });
  let wait = 500;
  const ask = async () => {
    try {
      const response = await fetch(section.dataset.href, { headers: { Accept: "application/json" } });
      if (!response.ok) throw new Error(response.statusText);
      const job = await response.json();
      if (job.status !== section.dataset.status) {
        location.reload();
        return;
      }
      set("percent", job.progress);
      set("message", job.message);
      set("position", job.positionIsAtLeast ? `${job.position}+` : job.position);
      set("updated", job.updated);
      document.getElementById("progress").value = job.progress;
      document.title = document.title.replace(/\d+ %/, `${job.progress} %`);
      wait = 1000;
    } catch {
      wait = Math.min(wait * 2, 30000);
    }
    setTimeout(ask, wait);
  };
  setTimeout(ask, wait);
})();
