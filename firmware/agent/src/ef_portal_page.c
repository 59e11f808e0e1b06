/* The portal's page: one file, nothing from elsewhere, usable without JavaScript; with it the list of networks and the state are live. */
#include "ef_portal_page.h"

#define SAFE                                                                                                                     \
    "Connection: close\r\nCache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\nX-Frame-Options: DENY\r\n"               \
    "Referrer-Policy: no-referrer\r\n"

static const ef_page_part page[] = {
    {"HTTP/1.1 ", EF_HOLE_STATUS},
    {"\r\n" SAFE "Content-Type: text/html; charset=utf-8\r\nContent-Security-Policy: default-src 'none'; connect-src 'self'; form-action 'self'; "
     "base-uri 'none'; frame-ancestors 'none'; style-src 'nonce-", EF_HOLE_NONCE},
    {"'; script-src 'nonce-", EF_HOLE_NONCE},
    {"'\r\n\r\n", EF_HOLE_NONE},
    {"<!doctype html><html lang=en><head><meta charset=utf-8><meta name=viewport content='width=device-width,initial-scale=1'>"
     "<meta name=color-scheme content='dark light'>", EF_HOLE_REFRESH},
    {"<title>Set up ", EF_HOLE_PRODUCT},
    {"</title><style nonce=", EF_HOLE_NONCE},
    {">:root{--b:#0a0e11;--s:#13161a;--r:#1c2024;--l:#2a2e33;--t:#e3e8ee;--m:#94999e;--a:#f5ae39;--ok:#5dc879;--go:#51cade;--bad:#f66d67;"
     "--warn:#edcc48}"
     "@media(prefers-color-scheme:light){:root{--b:#f9fafc;--s:#fff;--r:#fff;--l:#dbdee1;--t:#171b1f;--m:#5f6469;--a:#c26f00;--ok:#137738;"
     "--go:#046f87;--bad:#be222a;--warn:#866300}}"
     "*{box-sizing:border-box}body{margin:0;background:var(--b);color:var(--t);font:14px/20px 'Space Grotesk',system-ui,sans-serif}"
     "main{max-width:440px;margin:0 auto;padding:24px 16px}h1{font-size:28px;line-height:32px;margin:0}"
     "code,.n i,output{font-family:'JetBrains Mono',ui-monospace,monospace;font-variant-numeric:tabular-nums;font-style:normal}"
     ".e{margin:0 0 4px;font-size:12px;color:var(--m);letter-spacing:.08em;text-transform:uppercase}.d{margin:4px 0 24px;color:var(--m);font-size:13px}"
     "#s{margin:0 0 16px;padding:12px;border:1px solid var(--l);border-radius:4px;background:var(--s);display:flex;gap:8px}"
     "#s::before{content:'\xE2\x97\x8B';color:var(--m)}[data-state=joining] #s::before{content:'\xE2\x97\x90';color:var(--go)}"
     "[data-state=failed] #s::before{content:'\xE2\x9C\x95';color:var(--bad)}[data-state=locked] #s::before{content:'\xE2\x96\xB2';color:var(--warn)}"
     "[data-state=joined] #s::before{content:'\xE2\x97\x8F';color:var(--ok)}"
     "#note{margin:0 0 16px;color:var(--bad)}#note:empty{display:none}"
     "form,#scan{display:none}[data-state=waiting] form,[data-state=failed] form{display:block}"
     "fieldset{margin:0 0 16px;padding:0;border:1px solid var(--l);border-radius:4px;background:var(--s)}"
     "legend{padding:0;margin-bottom:8px;color:var(--m)}"
     ".n{display:flex;align-items:center;gap:12px;min-height:44px;padding:0 12px;border-bottom:1px solid var(--l)}.n:last-of-type{border:0}"
     ".n span{flex:1;overflow-wrap:anywhere}.n i{color:var(--m);font-size:12px;white-space:nowrap}"
     "input{accent-color:var(--a)}.n input{width:18px;height:18px;margin:0;flex:none}"
     "input[type=text],input[type=password]{display:block;width:100%;height:44px;margin:4px 0 16px;padding:0 12px;border:1px solid var(--l);"
     "border-radius:4px;background:var(--r);color:var(--t);font:16px 'JetBrains Mono',ui-monospace,monospace}"
     "#other{margin:0 12px 12px;width:calc(100% - 24px)}"
     "@supports selector(:has(a)){#other{display:none}.n:has(:checked)+#other{display:block}}"
     "button{width:100%;height:44px;border:0;border-radius:4px;background:var(--a);color:#0a0e11;font:600 16px 'Space Grotesk',system-ui,sans-serif}"
     ":focus-visible{outline:2px solid var(--a);outline-offset:2px}.p{text-align:center}output{display:block;font-size:40px;line-height:56px;letter-spacing:.1em}"
     "a{color:var(--t)}[hidden]{display:none!important}</style></head><body data-state=", EF_HOLE_STATE},
    {"><main><p class=e>Set-up</p><h1>", EF_HOLE_PRODUCT},
    {"</h1><p class=d><code>", EF_HOLE_HARDWARE},
    {" \xC2\xB7 ", EF_HOLE_VERSION},
    {"</code></p><div id=s role=status><span id=say>", EF_HOLE_SENTENCE},
    {"</span></div><p id=note role=alert>", EF_HOLE_NOTICE},
    {"</p><section id=pair class=p", EF_HOLE_CODE_HIDDEN},
    {"><p class=e id=cl>Pairing code</p><output id=code aria-labelledby=cl>", EF_HOLE_CODE},
    {"</output></section><form method=post action=/join><input type=hidden name=token value=", EF_HOLE_TOKEN},
    {"><fieldset><legend>Wi-Fi network</legend><div id=list>", EF_HOLE_ROWS},
    {"</div><label class=n><input type=radio name=ssid value='' required><span>Another network</span></label>"
     "<input type=text id=other name=other maxlength=32 autocomplete=off autocapitalize=off spellcheck=false aria-label='Name of the network' "
     "placeholder='Name of the network'></fieldset>"
     "<label for=pw>Password</label><input type=password id=pw name=password maxlength=64 autocomplete=off autocapitalize=off spellcheck=false>"
     "<p id=sw hidden><label><input type=checkbox id=see> Show the password</label></p>"
     "<button>Join network</button><noscript><p><a href=/>Scan again</a></p></noscript></form>"
     "<p id=lost role=alert hidden>The device does not answer. When it has joined, its own network ends: join yours again.</p></main>"
     "<script nonce=", EF_HOLE_NONCE},
    {">(function(){var d=document,g=function(i){return d.getElementById(i)},L=g('list'),done=0;"
     "function get(u,f){fetch(u,{cache:'no-store'}).then(function(r){return r.json()}).then(function(j){g('lost').hidden=true;f(j)})"
     ".catch(function(){g('lost').hidden=!!done})}"
     "function set(i,t){if(g(i).textContent!==t)g(i).textContent=t}"
     "function state(s){d.body.dataset.state=s.state;set('say',s.message);set('code',s.pairingCode);g('pair').hidden=!s.pairingCode;"
     "done=s.claimed&&s.state==='joined';if(s.state==='joining')set('note','')}"
     "function row(n){var r=[].filter.call(L.querySelectorAll('input'),function(i){return i.value===n.ssid})[0],l,t;"
     "if(!r){l=d.createElement('label');l.className='n';r=d.createElement('input');r.type='radio';r.name='ssid';r.required=true;r.value=n.ssid;"
     "t=d.createElement('span');t.textContent=n.ssid;l.append(r,t,d.createElement('i'));L.append(l)}"
     "r.parentNode.querySelector('i').textContent=n.security+' \xC2\xB7 '+n.rssiDbm+' dBm'}"
     "function nets(){if(/waiting|failed/.test(d.body.dataset.state))get('/networks',function(j){j.networks.forEach(row)})}"
     "g('sw').hidden=false;g('see').onchange=function(){g('pw').type=this.checked?'text':'password'};"
     "nets();setInterval(nets,4000);setInterval(function(){if(!done)get('/state',state)},1500)})()</script></body></html>", EF_HOLE_NONE},
};

static const ef_page_part state[] = {
    {"HTTP/1.1 200 OK\r\n" SAFE "Content-Type: application/json\r\n\r\n", EF_HOLE_NONE},
    {"", EF_HOLE_STATE_JSON},
};

static const ef_page_part networks[] = {
    {"HTTP/1.1 200 OK\r\n" SAFE "Content-Type: application/json\r\n\r\n", EF_HOLE_NONE},
    {"{\"networks\":[", EF_HOLE_NETWORKS_JSON},
    {"]}", EF_HOLE_NONE},
};

static const ef_page_part redirect[] = {
    {"HTTP/1.1 ", EF_HOLE_STATUS},
    {"\r\n" SAFE "Location: http://", EF_HOLE_ADDRESS},
    {"/\r\nContent-Length: 0\r\n\r\n", EF_HOLE_NONE},
};

static const ef_page_part error[] = {
    {"HTTP/1.1 ", EF_HOLE_STATUS},
    {"\r\n" SAFE "Allow: GET, HEAD, POST\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n", EF_HOLE_NONE},
    {"", EF_HOLE_STATUS},
    {"\n", EF_HOLE_NONE},
};

#define PAGE(parts, head_parts) {parts, sizeof parts / sizeof parts[0], head_parts}

const ef_page ef_pages[EF_ANSWER_COUNT] = {
    [EF_ANSWER_PAGE] = PAGE(page, 4),
    [EF_ANSWER_STATE] = PAGE(state, 1),
    [EF_ANSWER_NETWORKS] = PAGE(networks, 1),
    [EF_ANSWER_REDIRECT] = PAGE(redirect, 3),
    [EF_ANSWER_ERROR] = PAGE(error, 2),
};
