import { PolicySection } from "./policies/policy-section.tsx";

const RetentionSection = () => <PolicySection group="retention" />;
export default RetentionSection;
