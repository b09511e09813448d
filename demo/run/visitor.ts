/** Submits the hosted form as a visitor's browser does: reads the page, fills the fields, posts them. */
export async function submitForm(
  formUrl: string,
  values: Readonly<Record<string, string>>,
): Promise<{ readonly jobId: string }> {
  const page = await (await fetch(formUrl)).text();
  const key = /name="_key" value="([^"]+)"/.exec(page)?.[1];
  if (key === undefined) throw new Error(`${formUrl} shows no form`);
  const answer = await fetch(formUrl, { method: 'POST', body: new URLSearchParams({ ...values, _key: key }) });
  const text = await answer.text();
  const jobId = /\/jobs\/(job_[a-z0-9]+)/.exec(text)?.[1];
  if (jobId === undefined) throw new Error(`the form was not taken (${answer.status}): ${text.slice(0, 500)}`);
  return { jobId };
}
