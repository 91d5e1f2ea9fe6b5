/** Our name with its sign. */
export function Mark({ small = false }: { small?: boolean }) {
  return (
    <span class={small ? "mark mark-small" : "mark"}>
      <svg viewBox="0 0 32 32" width="28" height="28" aria-hidden="true" focusable="false">
        <path
          class="mark-shape"
          d="M16 3C8.8 3 3 8.4 3 15.2c0 3.3 1.4 6.3 3.7 8.5L6 29l5.6-2.2c1.4.4 2.9.6 4.4.6 7.2 0 13-5.4 13-12.2S23.2 3 16 3Z"
        />
        <path class="mark-line" d="M9.5 17.2 16 11.5l6.5 5.7M12 15.6v5h8v-5" />
      </svg>
      <span class={small ? "spoken" : "mark-name"}>Chathaven</span>
    </span>
  );
}
