// The chart of losses, drawn by uPlot: hornbookChart(element, curve, evals, log)
// draws or redraws it. curve is [steps, losses], evals is [steps, losses].
"use strict";

(() => {
  let chart = null;
  let shown = null; // what the chart was made for: element, scale, colours

  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const format = (value) => (value == null ? "–" : value.toFixed(2));

  function options(element, data, log, names) {
    const axis = { stroke: colour("--faint"), grid: { stroke: colour("--rule"), width: 1 }, ticks: { stroke: colour("--rule") }, font: "13px system-ui" };
    return {
      width: element.clientWidth, height: 240, padding: [12, 76, 0, 0],
      cursor: { drag: { x: false, y: false }, points: { size: 6 } },
      scales: { x: { time: false }, y: { distr: log ? 3 : 1 } },
      axes: [
        { ...axis, label: names.step, labelSize: 20, labelFont: "13px system-ui", size: 36, values: (_, v) => v.map((x) => (Number.isInteger(x) ? x.toLocaleString("en") : "")) },
        { ...axis, label: names.loss, labelSize: 20, labelFont: "13px system-ui", size: 44, values: (_, v) => v.map((x) => (x == null ? "" : String(+x.toFixed(2)))) },
      ],
      series: [
        { label: names.step, value: (_, v) => (v == null ? "–" : v.toLocaleString("en")) },
        { label: names.training, stroke: colour("--rubric"), width: 2, spanGaps: true, points: { show: false }, value: (_, v) => format(v) },
        { label: names.validation, stroke: colour("--verdigris"), width: 2, spanGaps: true, dash: [6, 3], points: { show: true, size: 5 }, value: (_, v) => format(v) },
      ],
      legend: { show: data[0].length > 0 },
      hooks: { draw: [(u) => ends(u, names)] },
    };
  }

  // ends writes each curve's name at its end, the two kept apart.
  function ends(u, names) {
    const at = [];
    for (const [i, name] of [[1, names.training], [2, names.validation]]) {
      const values = u.data[i];
      for (let k = values.length - 1; k >= 0; k--) {
        if (values[k] != null) {
          at.push({ name, colour: i === 1 ? colour("--rubric") : colour("--verdigris"), y: u.valToPos(values[k], "y", true) });
          break;
        }
      }
    }
    at.sort((a, b) => a.y - b.y);
    const apart = 15 * devicePixelRatio;
    if (at.length === 2 && at[1].y - at[0].y < apart) {
      const middle = (at[0].y + at[1].y) / 2;
      at[0].y = middle - apart / 2;
      at[1].y = middle + apart / 2;
    }
    u.ctx.save();
    u.ctx.font = `${13 * devicePixelRatio}px system-ui`;
    u.ctx.textAlign = "left";
    u.ctx.textBaseline = "middle";
    for (const end of at) {
      u.ctx.fillStyle = end.colour;
      u.ctx.fillText(end.name, u.bbox.left + u.bbox.width + 6 * devicePixelRatio, end.y);
    }
    u.ctx.restore();
  }

  // merge brings both curves on one row of steps, as uPlot wants them.
  function merge(curve, evals) {
    const steps = [...new Set([...curve[0], ...evals[0]])].sort((a, b) => a - b);
    const spread = ([at, values]) => {
      const by = new Map(at.map((step, i) => [step, values[i]]));
      return steps.map((step) => (by.has(step) ? by.get(step) : null));
    };
    return [steps, spread(curve), spread(evals)];
  }

  window.hornbookChart = (element, curve, evals, log, names) => {
    const data = merge(curve, evals);
    const look = [log, colour("--ink"), element.clientWidth, data[0].length > 0].join();
    if (chart && shown.element === element && shown.look === look) {
      chart.setData(data);
      return;
    }
    if (chart) chart.destroy();
    shown = { element, look };
    chart = new uPlot(options(element, data, log, names), data, element);
  };
})();
