import { forget, recall, remember } from '../lib/storage.ts'

const STEP = 2
const LEAST = 20
const MOST = 80

/**
 * `<hatoba-splitter label store property axis>`: moves a border by pointer or arrow keys. The share of what stands before it, in
 * percent, is a CSS property of the nearest element with `data-split`; it is remembered under `store`. Enter or a double click forgets it.
 */
class Splitter extends HTMLElement {
  static observedAttributes = ['label']

  connectedCallback(): void {
    this.role = 'separator'
    this.tabIndex = 0
    this.ariaOrientation = this.axis === 'x' ? 'vertical' : 'horizontal'
    this.ariaValueMin = String(LEAST)
    this.ariaValueMax = String(MOST)
    this.ariaLabel = this.getAttribute('label')
    const kept = recall<number>(this.getAttribute('store') ?? '')
    if (kept !== undefined) this.show(kept)
    else this.ariaValueNow = String(Math.round(this.share))
    this.addEventListener('pointerdown', this.drag)
    this.addEventListener('keydown', this.key)
    this.addEventListener('dblclick', this.centre)
  }

  attributeChangedCallback(): void {
    this.ariaLabel = this.getAttribute('label')
  }

  private get axis(): 'x' | 'y' {
    return this.getAttribute('axis') === 'y' ? 'y' : 'x'
  }

  private get frame(): HTMLElement | null {
    return this.closest<HTMLElement>('[data-split]')
  }

  /** Where the border is now, in percent of the parent. */
  private get share(): number {
    const parent = this.frame?.getBoundingClientRect()
    const own = this.getBoundingClientRect()
    if (!parent || parent.width === 0 || parent.height === 0) return 50
    return this.axis === 'x' ? ((own.left - parent.left) / parent.width) * 100 : ((own.top - parent.top) / parent.height) * 100
  }

  private show(share: number): void {
    const bounded = Math.min(Math.max(share, LEAST), MOST)
    this.frame?.style.setProperty(this.getAttribute('property') ?? '--share', `${bounded}%`)
    this.ariaValueNow = String(Math.round(bounded))
  }

  private move(share: number): void {
    this.show(share)
    remember(this.getAttribute('store') ?? '', Number(this.ariaValueNow))
  }

  private readonly centre = (): void => {
    this.frame?.style.removeProperty(this.getAttribute('property') ?? '--share')
    forget(this.getAttribute('store') ?? '')
    this.ariaValueNow = String(Math.round(this.share))
  }

  private readonly key = (event: KeyboardEvent): void => {
    const [less, more] = this.axis === 'x' ? ['ArrowLeft', 'ArrowRight'] : ['ArrowUp', 'ArrowDown']
    const to = { [less]: this.share - STEP, [more]: this.share + STEP, Home: LEAST, End: MOST }[event.key]
    if (to !== undefined) this.move(to)
    else if (event.key === 'Enter') this.centre()
    else return
    event.preventDefault()
  }

  private readonly drag = (event: PointerEvent): void => {
    if (event.button !== 0) return
    this.setPointerCapture(event.pointerId)
    event.preventDefault()
    const follow = (moved: PointerEvent): void => {
      const parent = this.frame?.getBoundingClientRect()
      if (!parent) return
      this.move(
        this.axis === 'x' ? ((moved.clientX - parent.left) / parent.width) * 100 : ((moved.clientY - parent.top) / parent.height) * 100,
      )
    }
    this.addEventListener('pointermove', follow)
    this.addEventListener('lostpointercapture', () => this.removeEventListener('pointermove', follow), { once: true })
  }
}

customElements.define('hatoba-splitter', Splitter)
