// How many of the suggested tests to send: what they look for together, and what they cost together.

import { percent, word } from "./dom.js";

function testsOf(box) {
  return [...box.querySelectorAll("li[data-cost]")].map(({ dataset }) => ({
    cost: Number(dataset.cost),
    diseases: dataset.diseases.trim().split(/\s+/).map((pair) => pair.split("=")),
  }));
}

/** Register the components; Alpine is the global that its build for strict policies makes. */
export function wireBudget(Alpine) {
  Alpine.data("budget", () => ({
    count: 3,
    init() {
      const root = this.$el;
      this.count = Number(root.querySelector("input").value);
      const follow = () => {
        if (!root.isConnected) return document.removeEventListener("htmx:after:swap", follow);
        const slider = root.querySelector("input"); // it comes anew with every plan; what was chosen stays
        this.count = Math.min(this.count, Number(slider.max));
        slider.value = this.count;
      };
      document.addEventListener("htmx:after:swap", follow);
    },
    get says() {
      const chosen = testsOf(this.$root).slice(0, this.count);
      const seen = new Map(chosen.flatMap(({ diseases }) => diseases));
      const share = [...seen.values()].reduce((sum, belief) => sum + Number(belief), 0);
      const cost = chosen.reduce((sum, test) => sum + test.cost, 0);
      return word("tests.budget_says", { count: chosen.length, percent: percent(share), cost: cost.toFixed(0) });
    },
  }));
  Alpine.data("budgeted", () => ({
    get state() {
      const place = [...this.$el.parentElement.children].indexOf(this.$el);
      return place < this.count ? "" : "beyond";
    },
  }));
}
