using System.Net;

namespace EspForge.Studio.Tests.Hosting;

public sealed class ProxiesTests
{
    private static readonly string[] Few = ["--Studio:Accounts:AttemptsPerAddressPerMinute", "3"];

    [Fact]
    public async Task Without_the_setting_nobody_is_believed_about_their_address()
    {
        await using var host = await StudioHost.StartAsync(null, Few);
        for (var i = 0; i < 3; i++)
            Assert.Equal(HttpStatusCode.Unauthorized, await TryAsync(host, $"198.51.100.{i}"));
        Assert.Equal(HttpStatusCode.TooManyRequests, await TryAsync(host, "198.51.100.9"));
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("10.0.0.1, 127.0.0.0/8")]
    public async Task Behind_a_known_proxy_each_caller_has_a_limit_of_their_own(string proxies)
    {
        await using var host = await StudioHost.StartAsync(null, [.. Few, "--Studio:KnownProxies", proxies]);
        for (var i = 0; i < 3; i++)
            Assert.Equal(HttpStatusCode.Unauthorized, await TryAsync(host, "198.51.100.1"));
        Assert.Equal(HttpStatusCode.TooManyRequests, await TryAsync(host, "198.51.100.1"));
        Assert.Equal(HttpStatusCode.Unauthorized, await TryAsync(host, "198.51.100.2"));
    }

    [Fact]
    public async Task A_proxy_that_is_not_named_is_not_believed()
    {
        await using var host = await StudioHost.StartAsync(null, [.. Few, "--Studio:KnownProxies:0", "192.0.2.7"]);
        for (var i = 0; i < 3; i++)
            await TryAsync(host, $"198.51.100.{i}");
        Assert.Equal(HttpStatusCode.TooManyRequests, await TryAsync(host, "198.51.100.9"));
    }

    [Fact]
    public async Task A_setting_that_is_no_address_stops_the_start_with_a_sentence()
    {
        var folder = Directory.CreateTempSubdirectory("espforge-studio-").FullName;
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => StudioHost.StartAsync(folder, "--Studio:KnownProxies", "nginx"));
        Assert.Contains("Studio:KnownProxies holds 'nginx'", error.Message, StringComparison.Ordinal);
    }

    private static async Task<HttpStatusCode> TryAsync(StudioHost host, string address)
    {
        var client = host.Anonymous();
        client.Http.DefaultRequestHeaders.Add("X-Forwarded-For", address);
        return (await client.PostAsync("auth/login", new { email = $"nobody-{address}@example.com", password = "wrong horse battery" })).Status;
    }
}
