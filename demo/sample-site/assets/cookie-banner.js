/** Answers the cookie banner: remembers the choice for a month and uncovers the page. */
const banner = document.querySelector('.cookie-banner');

for (const button of document.querySelectorAll('[data-consent]')) {
  button.addEventListener('click', () => {
    document.cookie = `cookie_consent=${button.dataset.consent}; path=/; max-age=2592000; samesite=lax`;
    banner.remove();
  });
}
