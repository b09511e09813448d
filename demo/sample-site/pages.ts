/** The reading pages of the sample business: home, services, prices, about. The attribute `data-fact` marks what the state strip reports. */
import { html } from 'hono/html';
import { business, prices } from './business.ts';
import type { Markup } from './layout.ts';
import { bicycle, icon, type IconName } from './pictures.ts';

export function homePage(): Markup {
  return html`<section class="hero">
      <div class="wide">
        <div>
          <p class="eyebrow">Bicycle workshop in Hamburg</p>
          <h1 data-fact="business">${business.name}</h1>
          <p class="lead">
            We repair what rolls: city bikes, cargo bikes, racers and e‑bikes. Bring it before ten, ride it home the
            same evening.
          </p>
          <p class="actions">
            <a class="button large" href="/book" data-target="book-hero">Book a repair</a>
            <span class="call">or call <strong data-fact="phone">${business.phoneOnHome}</strong></span>
          </p>
        </div>
        ${bicycle()}
      </div>
    </section>
    <section class="wide cards">
      ${card('clock', 'Ready the same day', 'Small repairs in before ten are ready at six. We text you when it is done.')}
      ${card('shield', 'Twelve months warranty', 'On every repair, parts and labour. If it squeaks again, we look again.')}
      ${card('leaf', 'Repair before replace', 'We rebuild wheels, gears and batteries that others would throw away.')}
    </section>
    <section class="band">
      <div class="wide two">
        <blockquote>
          “They found the creak that three other shops had called normal. It was a loose bottle cage.”
          <cite>Jule, rides to work all year</cite>
        </blockquote>
        <div class="panel">
          <h2>Open for you</h2>
          <p data-fact="hours">${business.hours}</p>
          <p class="soft">Closed on Sundays and Mondays: we are out riding.</p>
        </div>
      </div>
    </section>`;
}

export function servicesPage(): Markup {
  return html`<section class="wide intro">
      <h1>What we do</h1>
      <p class="lead">From a flat tyre to a complete rebuild, for every bicycle with two or three wheels.</p>
    </section>
    <section class="wide cards four">
      ${card('wrench', 'Service and repair', 'Brakes, gears, bearings, wheels. You get a price before we start, always.', 'service:1')}
      ${card('bolt', 'E-bikes', 'Diagnosis for Bosch, Shimano and Brose, and batteries tested under load.', 'service:2')}
      ${card('wheel', 'Wheel building', 'Hand-built wheels, from a single spoke to a set for a tour of the world.', 'service:3')}
      ${card('box', 'Cargo bikes', 'We come to you: our van repairs cargo bikes at your door, in all of Hamburg.', 'service:4')}
    </section>
    <section class="band">
      <div class="wide">
        <h2>How it works</h2>
        <ol class="steps">
          <li><strong>Book</strong> a time online or by telephone.</li>
          <li><strong>Bring</strong> your bicycle before ten.</li>
          <li><strong>Hear</strong> the price from us before we begin.</li>
          <li><strong>Ride</strong> home, with twelve months of warranty.</li>
        </ol>
      </div>
    </section>`;
}

export function pricesPage(): Markup {
  return html`<section class="wide intro">
      <h1>Prices</h1>
      <p class="lead">All prices with VAT and labour. Parts are added at list price, never more.</p>
    </section>
    <section class="wide">
      <div class="table-frame">
        <table>
          <thead>
            <tr>
              <th>Service</th>
              <th class="detail">What it includes</th>
              <th class="detail">Takes</th>
              <th class="number">Price</th>
            </tr>
          </thead>
          <tbody>
            ${prices.map(
              ({ service, what, takes, price }) =>
                html`<tr>
                  <td><strong>${service}</strong></td>
                  <td class="detail">${what}</td>
                  <td class="detail">${takes}</td>
                  <td class="number" data-fact="price:${service}">${price}</td>
                </tr>`,
            )}
          </tbody>
        </table>
      </div>
      <p class="soft">A second bicycle of the same household gets ten per cent off.</p>
    </section>`;
}

export function aboutPage(): Markup {
  return html`<section class="wide intro">
      <h1>About us</h1>
      <p class="lead">A small workshop by the canal, with room for eleven bicycles and a lot of tea.</p>
    </section>
    <section class="wide two">
      <div>
        <p>
          Nordlicht began as a Saturday habit: mending the neighbours' bicycles in a courtyard. Since then we have moved
          twice, always along the same canal, and we still know most bicycles by name.
        </p>
        <p>We train one apprentice a year, and repair the bicycles of two schools for free.</p>
      </div>
      <dl class="panel">
        <dt>Founded</dt>
        <dd data-fact="founded">${business.founded}</dd>
        <dt>Team</dt>
        <dd data-fact="team">${business.team}</dd>
        <dt>Repairs a year</dt>
        <dd>about 3,200</dd>
      </dl>
    </section>
    <section class="wide timeline">
      <h2>How we got here</h2>
      <ul>
        <li><strong>2011</strong> The courtyard: one stand, one pump, one umbrella.</li>
        <li><strong>2015</strong> The first workshop, in a former bakery. The oven still warms the tea.</li>
        <li><strong>2019</strong> A van for cargo bikes, and a second stand for wheel building.</li>
        <li><strong>2024</strong> Certified for all three large makers of e-bike motors.</li>
      </ul>
    </section>`;
}

function card(picture: IconName, title: string, text: string, fact?: string): Markup {
  return html`<article class="card">
    ${icon(picture)}
    <h3 ${fact === undefined ? '' : html`data-fact="${fact}"`}>${title}</h3>
    <p>${text}</p>
  </article>`;
}
