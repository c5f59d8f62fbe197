// Drawn signs; each is hidden from screen readers, its button has the words.

function Icon({ children, size = 16 }) {
  return (
    <svg
      class="icon"
      width={size}
      height={size}
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      stroke-width="1.5"
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
    >
      {children}
    </svg>
  );
}

export const Mark = () => (
  <Icon>
    <path d="M1 9.5h2.6l2-6 3.2 9.5 2.2-5.5H15" />
  </Icon>
);
export const Person = () => (
  <Icon>
    <circle cx="8" cy="5" r="2.500" />
    <path d="M2.500 14c.6-3 2.700-4.500 5.500-4.500s4.900 1.500 5.500 4.500" />
  </Icon>
);
export const Sun = () => (
  <Icon>
    <circle cx="8" cy="8" r="3" />
    <path d="M8 1v1.5M8 13.500v1.5M1 8h1.5M13.500 8H15M3 3l1.100 1.100M11.900 11.900 13 13M13 3l-1.100 1.100M4.100 11.900 3 13" />
  </Icon>
);
export const Moon = () => (
  <Icon>
    <path d="M13.500 9.800A6 6 0 0 1 6.200 2.500a6 6 0 1 0 7.300 7.300Z" />
  </Icon>
);
export const Leave = () => (
  <Icon>
    <path d="M6 2.500H3.500a1 1 0 0 0-1 1v9a1 1 0 0 0 1 1H6M10.500 11l3-3-3-3M13.500 8H6" />
  </Icon>
);
export const Pause = () => (
  <Icon size={14}>
    <path d="M5.500 3.500v9M10.500 3.500v9" />
  </Icon>
);
export const Play = () => (
  <Icon size={14}>
    <path d="M5 3.200v9.600L12.500 8Z" />
  </Icon>
);
export const Chevron = () => (
  <Icon size={12}>
    <path d="m6 3.500 4.500 4.500L6 12.500" />
  </Icon>
);
export const Cross = () => (
  <Icon size={12}>
    <path d="m4 4 8 8M12 4l-8 8" />
  </Icon>
);
export const Funnel = () => (
  <Icon size={14}>
    <path d="M2 4h12M4.500 8h7M6.500 12h3" />
  </Icon>
);
export const Up = () => (
  <Icon size={12}>
    <path d="M8 13V3.500M4 7.500l4-4 4 4" />
  </Icon>
);
export const Bell = () => (
  <Icon>
    <path d="M3 11.500h10c-1-1.200-1.300-2.200-1.300-4.500a3.700 3.700 0 0 0-7.400 0c0 2.300-.3 3.300-1.300 4.500ZM6.500 13.500a1.600 1.600 0 0 0 3 0" />
  </Icon>
);
