var builder = WebApplication.CreateBuilder(args);
builder.AddStudio();

var app = builder.Build();
await app.UseStudioAsync();
await app.RunAsync();
