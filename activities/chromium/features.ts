/**
 * What every Chromium of ours does without. Of several `--disable-features` Chromium obeys the last alone, so this one repeats
 * the names that Playwright gives before it.
 */

/** As Playwright has them. Some keep Chromium from asking its maker, so egress control relies on them too. */
const asPlaywright = [
  'AvoidUnnecessaryBeforeUnloadCheckSync',
  'DestroyProfileOnBrowserClose',
  'HttpsUpgrades',
  'HttpsFirstBalancedModeAutoEnable',
  'LensOverlay',
  'MediaRouter',
  'PaintHolding',
  'ThirdPartyStoragePartitioning',
  'AvoidCorsURLLoaderRestartOnRedirect',
  'TcpPortRandomizationWin',
  'OptimizationHints',
  'NetworkTimeServiceQuerying',
  'AimEnabled',
  'PreconnectToSearch',
  'msForceBrowserSignIn',
  'msEdgeUpdateLaunchServicesPreferredVersion',
];

/** Two pages of Chromium's own, loaded for the address bar of each window, which nobody sees. They cost more than the window. */
const addressBarPages = ['WebUIOmniboxPopup', 'WebUIOmniboxAimPopup'];

export const disableFeatures = `--disable-features=${[...asPlaywright, ...addressBarPages].join(',')}`;
