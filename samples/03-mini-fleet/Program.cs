// Signed over-the-air updates in an empty ASP.NET Core app: one SQLite file, one folder of keys and images.
//
//   ApiToken=$(openssl rand -hex 32) dotnet run --project samples/03-mini-fleet -- --urls http://127.0.0.1:5080
//
// Devices ask /device/v1: each claims itself and gets a key of its own. People (a script, CI, curl) ask /api/v1 with `Authorization: Bearer $ApiToken`:
//
//   curl -H "Authorization: Bearer $ApiToken" http://127.0.0.1:5080/api/v1/devices
//
// That one token may do everything, so keep it out of the repository: an environment variable or a secret store. Without it the app does not start.
// A host with accounts of its own leaves AddApiToken out and maps its roles to EspForge's permissions.
var builder = WebApplication.CreateBuilder(args);
var data = builder.Configuration["DataDirectory"] ?? "data";

builder.Services.AddEspForge(options => options.DataDirectory = data).AddApiToken(builder.Configuration["ApiToken"]);
builder.Services.AddEspForgeSqlite(Path.Combine(data, "fleet.db"));

var app = builder.Build();
await app.Services.EnsureEspForgeDatabaseAsync();

app.MapEspForge();      // what devices ask: claim, token, update, image, report, telemetry, public keys
app.MapEspForgeApi();   // what people ask: images, releases, rollouts, devices, audit
await app.RunAsync();
