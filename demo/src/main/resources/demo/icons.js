// Small drawn signs: a font with emoji is not everywhere.
const SVG = 'http://www.w3.org/2000/svg'

const DRAWINGS = {
  heart: [
    {
      tag: 'path',
      d: 'M10 17 3 10a4.2 4.2 0 0 1 6-6l1 1 1-1a4.2 4.2 0 0 1 6 6z',
      fill: 'var(--heart)'
    }
  ],
  fire: [
    {
      tag: 'path',
      d: 'M10 1c1 4 6 6 6 11a6 6 0 0 1-12 0c0-3 2-4 2.5-7C8.5 6 9.5 7 9.5 9 10.5 7 11 4 10 1z',
      fill: 'var(--fire)'
    },
    { tag: 'path', d: 'M10 11c1 2 2.5 2.5 2.5 4.5a2.5 2.5 0 0 1-5 0C7.5 13.5 9 13 10 11z', fill: 'var(--panel)' }
  ],
  party: [
    { tag: 'path', d: 'M2 18 7 6l7 7z', fill: 'var(--party)' },
    { tag: 'circle', cx: 12, cy: 3, r: 1.4, fill: 'var(--heart)' },
    { tag: 'circle', cx: 17, cy: 8, r: 1.4, fill: 'var(--fire)' },
    { tag: 'circle', cx: 17, cy: 2.5, r: 1.2, fill: 'var(--good-fill)' },
    { tag: 'circle', cx: 13, cy: 7.5, r: 1.1, fill: 'var(--accent)' }
  ]
}

/** The sign of a reaction; its name if none is drawn. */
export function sign(name) {
  if (!Object.hasOwn(DRAWINGS, name)) {
    return document.createTextNode(name)
  }
  const svg = document.createElementNS(SVG, 'svg')
  svg.setAttribute('viewBox', '0 0 20 20')
  svg.setAttribute('class', 'sign')
  svg.setAttribute('role', 'img')
  svg.setAttribute('aria-label', name)
  for (const { tag, ...attributes } of DRAWINGS[name]) {
    const part = document.createElementNS(SVG, tag)
    Object.entries(attributes).forEach(([key, value]) => part.setAttribute(key, value))
    svg.append(part)
  }
  return svg
}
