namespace Microsoft.Extensions.DependencyInjection;

/// <summary>What <c>AddEspForge()</c> returns: more is added by extension methods.</summary>
public interface IEspForgeBuilder
{
    /// <summary>The host's services.</summary>
    IServiceCollection Services { get; }
}
