import 'preact'

declare module 'preact' {
  namespace JSX {
    interface IntrinsicElements {
      'hatoba-splitter': JSX.HTMLAttributes<HTMLElement> & {
        label: string
        store: string
        property: string
        axis: 'x' | 'y'
      }
    }
  }
}
