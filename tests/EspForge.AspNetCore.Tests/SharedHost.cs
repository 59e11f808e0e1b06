using Microsoft.Extensions.DependencyInjection;

namespace EspForge.AspNetCore.Tests;

/// <summary>One host for all tests of a class that change nothing, or only refuse: starting one costs more than they do. It has the device <c>lamp-01</c>.</summary>
public sealed class SharedHost : IAsyncLifetime
{
    internal FleetHost Host { get; private set; } = null!;

    internal FleetDevice Device { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Host = await FleetHost.StartAsync(services: services => services.Configure<EspForgeOptions>(options => options.ClaimsPerAddressPerMinute = 10_000));
        Device = await Host.DeviceAsync("lamp-01");
    }

    public async Task DisposeAsync() => await Host.DisposeAsync();
}
