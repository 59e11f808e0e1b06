namespace EspForge.Build.Tests.Sandboxes;

public sealed class SandboxSelectorTests : IDisposable
{
    private readonly Workplace _place = new();

    public void Dispose() => _place.Dispose();

    [Theory]
    [InlineData(SandboxKind.Auto, "bubblewrap")]
    [InlineData(SandboxKind.Bubblewrap, "bubblewrap")]
    [InlineData(SandboxKind.Process, "process")]
    public async Task The_options_pick_the_sandbox(SandboxKind kind, string expected)
    {
        _place.Options.Sandbox = kind;
        var choice = (await new SandboxSelector(_place.Wrapped).SelectAsync()).Value;
        Assert.Equal(expected, choice.Sandbox.Name);
        Assert.NotEmpty(choice.Message);
    }

    [Fact]
    public async Task A_container_that_does_not_work_is_a_fault_and_never_a_plain_process()
    {
        _place.Options.Sandbox = SandboxKind.Container;
        _place.Options.ContainerRuntime = "runc";
        _place.Options.ContainerImage = Path.Combine(_place.Root, "no-such-image");
        var fault = (await new SandboxSelector(_place.Wrapped).SelectAsync()).Fault;
        Assert.Equal("sandbox-unavailable", fault?.Code);
        Assert.Contains("unsafe", fault!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_container_without_an_image_is_refused_at_once()
    {
        _place.Options.Sandbox = SandboxKind.Container;
        Assert.Contains("ContainerImage", Assert.Throws<InvalidOperationException>(() => new SandboxSelector(_place.Wrapped)).Message, StringComparison.Ordinal);
    }
}
