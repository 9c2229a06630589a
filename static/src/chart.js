// The chart of losses, drawn by uPlot: hornbookChart(element, series, marks,
// log, names) draws or redraws it. A series is {name, colour, dots, steps,
// values}, colour being a custom property; a mark is a {step, name}.
"use strict";

(() => {
  let chart = null;
  let shown = null; // what the chart was made for: element, scale, colours, curves
  let marked = [];

  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const format = (value) => (value == null ? "–" : value.toFixed(2));
  const font = () => `${13 * devicePixelRatio}px system-ui`;

  function line(s) {
    return {
      label: s.name, stroke: colour(s.colour), width: 2, spanGaps: true, dash: s.dots ? [6, 3] : undefined,
      points: { show: s.dots, size: 5 }, value: (_, v) => format(v),
    };
  }

  function options(element, data, series, log, names) {
    const axis = { stroke: colour("--faint"), grid: { stroke: colour("--rule"), width: 1 }, ticks: { stroke: colour("--rule") }, font: "13px system-ui" };
    return {
      width: element.clientWidth, height: 240, padding: [20, 76, 0, 0],
      cursor: { drag: { x: false, y: false }, points: { size: 6 } },
      scales: { x: { time: false }, y: { distr: log ? 3 : 1 } },
      axes: [
        { ...axis, label: names.step, labelSize: 20, labelFont: "13px system-ui", size: 36, values: (_, v) => v.map((x) => (Number.isInteger(x) ? x.toLocaleString("en") : "")) },
        { ...axis, label: names.loss, labelSize: 20, labelFont: "13px system-ui", size: 44, values: (_, v) => v.map((x) => (x == null ? "" : String(+x.toFixed(2)))) },
      ],
      series: [{ label: names.step, value: (_, v) => (v == null ? "–" : v.toLocaleString("en")) }, ...series.map(line)],
      legend: { show: data[0].length > 0 },
      hooks: { draw: [(u) => ends(u, series), (u) => marks(u, series)] },
    };
  }

  // ends writes each curve's name at its end, kept apart.
  function ends(u, series) {
    const at = [];
    series.forEach((s, i) => {
      const last = u.data[i + 1].filter((v) => v != null).pop();
      if (last != null) at.push({ name: s.name, colour: colour(s.colour), y: u.valToPos(last, "y", true) });
    });
    at.sort((a, b) => a.y - b.y);
    const apart = 15 * devicePixelRatio;
    if (at.length === 2 && at[1].y - at[0].y < apart) {
      const middle = (at[0].y + at[1].y) / 2;
      at[0].y = middle - apart / 2;
      at[1].y = middle + apart / 2;
    }
    u.ctx.save();
    u.ctx.font = font();
    u.ctx.textAlign = "left";
    u.ctx.textBaseline = "middle";
    for (const end of at) {
      u.ctx.fillStyle = end.colour;
      u.ctx.fillText(end.name, u.bbox.left + u.bbox.width + 6 * devicePixelRatio, end.y);
    }
    u.ctx.restore();
  }

  // marks draws a line through each marked step, named above the chart, and
  // the values of the curves there.
  function marks(u, series) {
    const { ctx, bbox } = u;
    ctx.save();
    ctx.font = font();
    for (const { step, name } of marked) {
      const x = u.valToPos(step, "x", true), first = x - bbox.left < bbox.width / 2;
      ctx.strokeStyle = colour("--edge");
      ctx.lineWidth = devicePixelRatio;
      ctx.beginPath();
      ctx.moveTo(x, bbox.top);
      ctx.lineTo(x, bbox.top + bbox.height);
      ctx.stroke();
      ctx.fillStyle = colour("--ink");
      ctx.textAlign = first ? "left" : "right";
      ctx.textBaseline = "bottom";
      ctx.fillText(name, x, bbox.top - 3 * devicePixelRatio);
      const at = u.data[0].indexOf(step);
      series.forEach((s, i) => value(u, s, u.data[i + 1][at], u.data[i + 1][at + 1], x, first));
    }
    ctx.restore();
  }

  // value puts a dot on a curve and writes its value beside it, away from
  // where the curve goes next.
  function value(u, s, v, next, x, first) {
    if (v == null) return;
    const { ctx } = u, y = u.valToPos(v, "y", true), below = first && next > v;
    ctx.fillStyle = colour(s.colour);
    ctx.beginPath();
    ctx.arc(x, y, 4 * devicePixelRatio, 0, 2 * Math.PI);
    ctx.fill();
    ctx.textBaseline = below ? "top" : "bottom";
    ctx.fillText(format(v), x + (first ? 7 : -7) * devicePixelRatio, y + (below ? 4 : -3) * devicePixelRatio);
  }

  // merge brings the curves on one row of steps, as uPlot wants them.
  function merge(series) {
    const steps = [...new Set(series.flatMap((s) => s.steps))].sort((a, b) => a - b);
    const spread = (s) => {
      const by = new Map(s.steps.map((step, i) => [step, s.values[i]]));
      return steps.map((step) => (by.has(step) ? by.get(step) : null));
    };
    return [steps, ...series.map(spread)];
  }

  window.hornbookChart = (element, series, marksNow, log, names) => {
    const data = merge(series);
    const look = [log, colour("--ink"), element.clientWidth, data[0].length > 0, ...series.map((s) => s.name)].join();
    marked = marksNow;
    if (chart && shown.element === element && shown.look === look) {
      chart.setData(data);
      return;
    }
    if (chart) chart.destroy();
    shown = { element, look };
    chart = new uPlot(options(element, data, series, log, names), data, element);
  };
})();
