using JwtGrantClient;

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddJwtGrantClient("reports", builder.Configuration.GetSection("JwtGrant:Reports"));
builder.Services
    .AddHttpClient("reports", http => http.BaseAddress = new Uri("https://api.example.com"))
    .AddJwtGrantToken("reports");

var app = builder.Build();
app.MapGet("/total", (IHttpClientFactory clients, CancellationToken cancellationToken) =>
    clients.CreateClient("reports").GetStringAsync("reports/total", cancellationToken));
await app.RunAsync();
