using System.Net;
using Microsoft.AspNetCore.HttpOverrides;

namespace EspForge.Studio;

/// <summary>Behind a proxy every caller comes from one address: takes the caller's own from the proxies that the settings name, and from nobody else.</summary>
internal static class Proxies
{
    private const string Setting = "Studio:KnownProxies";

    /// <summary>Reads the setting, a list or one text with commas; a text that is no address stops the start.</summary>
    public static ForwardedHeadersOptions? Read(IConfiguration configuration)
    {
        var section = configuration.GetSection(Setting);
        var named = section.GetChildren().Select(child => child.Value).Append(section.Value)
            .SelectMany(value => (value ?? "").Split([',', ' '], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)).ToList();
        if (named.Count == 0)
            return null;

        var options = new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto, ForwardLimit = null };
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        foreach (var name in named)
        {
            if (IPAddress.TryParse(name, out var address))
                options.KnownProxies.Add(address);
            else if (System.Net.IPNetwork.TryParse(name, out var network))
                options.KnownIPNetworks.Add(network);
            else
                throw new InvalidOperationException($"{Setting} holds '{name}', which is neither an address such as 10.0.0.5 nor a network such as 10.0.0.0/8.");
        }

        return options;
    }
}
